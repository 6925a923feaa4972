--- Read-only documents: manifests from registries, and what the server makes of a file. A view follows edits while it
--- is shown, and its lines lead to where they come from.

local server = require('floe.server')

local M = {}

---@class floe.Page what a view shows
---@field lines string[]
---@field leads table<integer, lsp.Location> by line, from 0
---@field paint? fun(buffer: integer) gives it colours

---@class floe.View
---@field source string the file that it is made of
---@field client integer
---@field leads table<integer, lsp.Location>
---@field stale boolean

---@type table<integer, floe.View>
local views = {}

---@class floe.Maker
---@field method string
---@field page fun(result: any): floe.Page
---@field nothing string what is shown where the answer is null

---@param result { text: string, origins?: { line: integer, uri: string, range: lsp.Range }[] }
---@return floe.Page
local function page_of_text(result)
  local leads, lines = {}, vim.split(result.text, '\n', { plain = true })
  if result.origins and #result.origins > 0 and lines[#lines] == '' then
    table.remove(lines)
  end
  for _, origin in ipairs(result.origins or {}) do
    leads[origin.line] = { uri = origin.uri, range = origin.range }
  end
  return { lines = lines, leads = leads }
end

---@param nothing string
---@return floe.Maker
local function text(nothing)
  return { method = 'floe/textDocumentContent', page = page_of_text, nothing = '# ' .. nothing }
end

---@type table<string, floe.Maker>
local makers = {
  ['floe-oci'] = text('This manifest is not here any more: open a file that builds on it.'),
  ['floe-effective'] = text('This is no manifest and no data product, so nothing is inherited.'),
  ['floe-impact'] = text('This is no manifest with a file, so nothing inherits from it.'),
  ['floe-whatif'] = text('This file names no parent whose version could be another one.'),
  ['floe-graph'] = {
    method = 'floe/graph',
    page = function(result)
      return require('floe.graph').page(result)
    end,
    nothing = '# Nothing is known of the data mesh.',
  },
}

--- The scheme of a view's name.
---@param uri string
local function scheme(uri)
  return uri:match('^([%w-]+):')
end

--- The file that a view is made of, of the view's name.
---@param uri string
function M.source(uri)
  local query = uri:match('%?([^&]*)')
  return query and vim.uri_decode(query) or uri
end

--- As the server writes what stands in a URI.
---@param text string
local function quote(text)
  return (text:gsub('[^%w%-._~/]', function(character)
    return ('%%%02X'):format(character:byte())
  end))
end

--- The name of the view of a file: `floe-effective:/…/Effective floe.yaml?file:///…/floe.yaml`
---@param kind string
---@param title string
---@param source string
---@param more string?
function M.name(kind, title, source, more)
  local folder, name = vim.uri_to_fname(source):match('^(.*/)([^/]*)$')
  local path = quote((folder or '/') .. title:format(name or ''))
  return ('%s:%s?%s%s'):format(kind, path, quote(source), more and '&' .. quote(more) or '')
end

--- Opens a view beside the window it was asked from, or goes to the window that shows it.
---@param uri string
---@param mods table? how to split, as for `nvim_create_user_command`
function M.open(uri, mods)
  local buffer = vim.fn.bufadd(uri)
  for _, window in ipairs(vim.api.nvim_tabpage_list_wins(0)) do
    if vim.api.nvim_win_get_buf(window) == buffer then
      vim.api.nvim_set_current_win(window)
      M.refresh(buffer)
      return
    end
  end
  mods = vim.deepcopy(mods or {})
  if not (mods.vertical or mods.horizontal) and (mods.tab or -1) < 0 and (mods.split or '') == '' then
    mods.vertical = true
  end
  vim.cmd.split({ mods = mods })
  vim.api.nvim_set_current_buf(buffer)
  M.refresh(buffer)
end

--- Fills a buffer that is read for the first time, or again.
---@param buffer integer
---@param uri string
function M.read(buffer, uri)
  vim.bo[buffer].buftype, vim.bo[buffer].swapfile, vim.bo[buffer].undolevels = 'nofile', false, -1
  local maker = makers[scheme(uri)]
  local source = M.source(uri)
  local result, asked
  for _, client in ipairs(M.clients(source)) do
    local answer = client:request_sync(maker.method, { uri = uri }, 5000)
    asked, result = client, answer and answer.result
    if result and result ~= vim.NIL then
      break
    end
  end
  views[buffer] = { source = source, client = asked and asked.id or 0, leads = {}, stale = not asked }
  M.put(buffer, M.page(maker, asked and result))
  if scheme(uri) == 'floe-graph' then
    vim.bo[buffer].filetype, vim.bo[buffer].shiftwidth = 'floegraph', 2
  else
    vim.bo[buffer].filetype = require('floe.files').options().filetype
  end
  M.wire(buffer, scheme(uri))
  if asked and scheme(uri) == 'floe-oci' then
    vim.lsp.buf_attach_client(buffer, asked.id)
  end
end

--- Who may answer for a view: the client of its file first.
---@param source string
---@return vim.lsp.Client[]
function M.clients(source)
  local first = server.client_of(source)
  local out = { first }
  for _, client in ipairs(vim.lsp.get_clients({ name = server.name })) do
    if client ~= first then
      table.insert(out, client)
    end
  end
  return out
end

---@param maker floe.Maker
---@param result any
---@return floe.Page
function M.page(maker, result)
  if not result and #vim.lsp.get_clients({ name = server.name }) == 0 then
    return { lines = { '# The language server does not run: :FloeRestart starts it.' }, leads = {} }
  end
  if not result or result == vim.NIL then
    return { lines = { maker.nothing }, leads = {} }
  end
  return maker.page(result)
end

--- Whether two lines lead to the same place.
local function leads_alike(one, other)
  return one and other and one.uri == other.uri and one.range.start.line == other.range.start.line
end

--- Shows a page. Lines that stay are left alone, and a cursor stays with what its line leads to.
---@param buffer integer
---@param page floe.Page
function M.put(buffer, page)
  local cursors = {}
  for _, window in ipairs(vim.fn.win_findbuf(buffer)) do
    local row = vim.api.nvim_win_get_cursor(window)[1]
    cursors[window] = { row = row, lead = views[buffer].leads[row - 1] }
  end
  local old, new = vim.api.nvim_buf_get_lines(buffer, 0, -1, false), page.lines
  local top, bottom = 0, 0
  while top < math.min(#old, #new) and old[top + 1] == new[top + 1] do
    top = top + 1
  end
  while bottom < math.min(#old, #new) - top and old[#old - bottom] == new[#new - bottom] do
    bottom = bottom + 1
  end
  vim.bo[buffer].modifiable, vim.bo[buffer].readonly = true, false
  vim.api.nvim_buf_set_lines(buffer, top, #old - bottom, false, vim.list_slice(new, top + 1, #new - bottom))
  vim.bo[buffer].modifiable, vim.bo[buffer].readonly, vim.bo[buffer].modified = false, true, false
  views[buffer].leads = page.leads
  for window, was in pairs(cursors) do
    local row, column = math.min(was.row, #new), vim.api.nvim_win_get_cursor(window)[2]
    if was.lead and not leads_alike(page.leads[row - 1], was.lead) then
      for moved, place in pairs(page.leads) do
        if leads_alike(place, was.lead) then
          row = moved + 1
          break
        end
      end
    end
    vim.api.nvim_win_set_cursor(window, { row, column })
  end
  if page.paint then
    page.paint(buffer)
  end
end

--- Keys of a view, and what it follows.
---@param buffer integer
---@param kind string
function M.wire(buffer, kind)
  local group = vim.api.nvim_create_augroup('floe_view_' .. buffer, { clear = true })
  vim.api.nvim_create_autocmd('BufWinEnter', {
    group = group,
    buffer = buffer,
    callback = function()
      if kind == 'floe-impact' or kind == 'floe-whatif' then -- whole sentences
        local window = vim.wo[0][0]
        window.wrap, window.linebreak, window.breakindent = true, true, true
      end
      if views[buffer] and views[buffer].stale then
        M.refresh(buffer)
      end
    end,
  })
  vim.api.nvim_create_autocmd('BufWipeout', {
    group = group,
    buffer = buffer,
    callback = function()
      views[buffer] = nil
    end,
  })
  if kind == 'floe-oci' then
    return
  elseif kind == 'floe-graph' then
    vim.api.nvim_create_autocmd({ 'DiagnosticChanged', 'BufWritePost' }, {
      group = group,
      callback = function()
        M.later(buffer)
      end,
    })
  end
  local function map(key, what, run)
    vim.keymap.set('n', key, run, { buffer = buffer, desc = what, nowait = true })
  end
  map('<CR>', 'Go to where this line comes from', M.follow)
  map('gd', 'Go to where this line comes from', M.follow)
  map('<C-]>', 'Go to where this line comes from', M.follow)
  map('K', 'Show what is said where this line comes from', M.hover)
  map('q', 'Close this view', '<Cmd>close<CR>')
end

local QUIET = 300
local waiting = {}

--- Findings may have changed: the mesh is drawn anew after a quiet moment.
---@param buffer integer
function M.later(buffer)
  if not waiting[buffer] and views[buffer] then
    waiting[buffer] = true
    vim.defer_fn(function()
      waiting[buffer] = nil
      M.stale('floe-graph')
    end, QUIET)
  end
end

--- Asks for the text of a view again.
---@param buffer integer
function M.refresh(buffer)
  local view = views[buffer]
  local name = vim.api.nvim_buf_get_name(buffer)
  local client = view and (vim.lsp.get_client_by_id(view.client) or M.clients(view.source)[1])
  if not client or client:is_stopped() then
    return
  end
  local maker = makers[scheme(name)]
  if scheme(name) == 'floe-oci' then
    vim.lsp.buf_attach_client(buffer, client.id)
  end
  view.stale, view.client = false, client.id
  server.ask(client, maker.method, { uri = name }, function(result)
    if vim.api.nvim_buf_is_loaded(buffer) and views[buffer] == view then
      M.put(buffer, M.page(maker, result))
    end
  end)
end

--- The server says that views of a file, or all of a kind, are stale: those that are shown are made anew.
---@param kind string
---@param source string?
function M.stale(kind, source)
  for buffer, view in pairs(views) do
    local name = vim.api.nvim_buf_get_name(buffer)
    if scheme(name) == kind and (not source or M.same(view.source, source)) then
      view.stale = true
      if #vim.fn.win_findbuf(buffer) > 0 then
        M.refresh(buffer)
      end
    end
  end
end

--- Percent signs do not make another file.
function M.same(one, other)
  return vim.uri_decode(one) == vim.uri_decode(other)
end

--- Makes all views anew, once a server runs again.
function M.renew()
  local id
  id = vim.api.nvim_create_autocmd('LspAttach', {
    callback = function(event)
      local client = vim.lsp.get_client_by_id(event.data.client_id)
      if client and client.name == server.name then
        vim.api.nvim_del_autocmd(id)
        for buffer in pairs(views) do
          M.refresh(buffer)
        end
      end
    end,
  })
end

--- Where the line under the cursor comes from.
---@return lsp.Location?, vim.lsp.Client?
local function lead()
  local view = views[vim.api.nvim_get_current_buf()]
  local found = view and view.leads[vim.api.nvim_win_get_cursor(0)[1] - 1]
  return found, view and (vim.lsp.get_client_by_id(view.client) or server.client(0))
end

function M.follow()
  local place, client = lead()
  if not place or not client then
    server.tell('this line leads nowhere.')
    return
  end
  local here, there = vim.api.nvim_get_current_win(), vim.fn.win_getid(vim.fn.winnr('#'))
  local shown = vim.fn.win_findbuf(vim.uri_to_bufnr(place.uri))[1]
  if not shown and there ~= 0 and there ~= here and vim.bo[vim.api.nvim_win_get_buf(there)].buftype == '' then
    vim.api.nvim_set_current_win(there)
  elseif not shown and #vim.api.nvim_tabpage_list_wins(0) == 1 then
    vim.cmd.split({ mods = { vertical = true } })
  end
  vim.lsp.util.show_document(place, client.offset_encoding, { reuse_win = true, focus = true })
end

function M.hover()
  local place, client = lead()
  if not place or not client then
    server.tell('this line leads nowhere.')
    return
  end
  local params = { textDocument = { uri = place.uri }, position = place.range.start }
  server.ask(client, 'textDocument/hover', params, function(result)
    if result then
      vim.lsp.util.open_floating_preview(
        vim.lsp.util.convert_input_to_markdown_lines(result.contents),
        'markdown',
        { focus_id = 'floe' }
      )
    end
  end)
end

return M
