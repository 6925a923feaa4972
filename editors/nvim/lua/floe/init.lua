--- The commands.

local server = require('floe.server')

local M = {}

--- The client and the file that a command is about; says so where there is none.
---@param uri string?
---@return vim.lsp.Client?, string
local function about(uri)
  local buffer = vim.api.nvim_get_current_buf()
  uri = uri or require('floe.view').source(vim.uri_from_bufnr(buffer))
  local client = server.client(buffer)
  if not client then
    server.warn('no language server runs here: open a floe.yaml or a manifest, or see :checkhealth floe')
  elseif uri == 'file://' then
    server.warn('this buffer has no name yet: write it first.')
    return nil, uri
  end
  return client, uri
end

---@param arguments table?
local function mods(arguments)
  return arguments and arguments.smods
end

function M.effective(arguments, uri)
  local client, source = about(uri)
  if client then
    local view = require('floe.view')
    view.open(view.name('floe-effective', 'Effective %s', source), mods(arguments))
  end
end

function M.explain()
  local client, uri = about()
  if not client then
    return
  end
  local position = vim.lsp.util.make_position_params(0, client.offset_encoding).position
  server.execute(client, 'floe.explain', { uri, position }, function(result)
    if result then
      local lines = vim.split(result.markdown, '\n', { plain = true })
      vim.lsp.util.open_floating_preview(lines, 'markdown', { focus_id = 'floe' })
    else
      server.tell('nothing is known of what stands under the cursor.')
    end
  end)
end

function M.inheritors(_, uri)
  local client, source = about(uri)
  if not client then
    return
  end
  server.execute(client, 'floe.showInheritors', { source }, function(places)
    local name = vim.fs.basename(vim.uri_to_fname(source))
    if #(places or {}) == 0 then
      server.tell('nothing in this workspace inherits from ' .. name .. '.')
      return
    end
    local items = vim.tbl_map(function(place)
      return { filename = vim.uri_to_fname(place.uri), lnum = place.range.start.line + 1, col = 1 }
    end, places)
    vim.fn.setqflist({}, ' ', { title = 'Inherit from ' .. name, items = items })
    vim.cmd('botright copen')
  end)
end

function M.impact(arguments, uri)
  local client, source = about(uri)
  if client then
    local view = require('floe.view')
    view.open(view.name('floe-impact', 'Impact of %s', source), mods(arguments))
  end
end

function M.whatif(arguments, uri)
  local client, source = about(uri)
  if not client then
    return
  end
  local function show(ref)
    if ref and ref ~= '' then
      local view = require('floe.view')
      local title = '%s with ' .. ref:gsub('^.*/', ''):gsub('%%', '%%%%')
      view.open(view.name('floe-whatif', title, source, ref), mods(arguments))
    end
  end
  if arguments.args ~= '' then
    show(arguments.args)
    return
  end
  local known = require('floe.tags').list(client, source)
  if #known > 0 then
    vim.ui.select(known, { prompt = 'With which version of the parent?' }, show)
  else
    vim.ui.input({ prompt = 'With which version of the parent? ' }, show)
  end
end

function M.graph(arguments)
  local client = about()
  if not client then
    return
  end
  local root = client.root_dir or vim.fn.getcwd()
  if not (arguments and arguments.bang) then
    local view = require('floe.view')
    view.open(view.name('floe-graph', 'Data mesh', vim.uri_from_fname(root .. '/')), mods(arguments))
    return
  end
  local command = vim.deepcopy(client.config.cmd)
  if type(command) ~= 'table' then
    server.warn('the picture is made by the program floe-ls, and the server is started in another way.')
    return
  end
  command = vim.list_slice(command, 1, math.max(1, #command - 1)) -- without `serve`
  vim.list_extend(command, { 'graph', '--format', 'html', root })
  vim.system(
    command,
    {},
    vim.schedule_wrap(function(ran)
      if ran.code ~= 0 then
        server.warn(vim.trim(ran.stderr ~= '' and ran.stderr or ran.stdout))
        return
      end
      local file = vim.fn.tempname() .. '.html'
      vim.fn.writefile(vim.split(ran.stdout, '\n', { plain = true }), file)
      vim.ui.open(file)
    end)
  )
end

function M.hints(arguments)
  local wanted = arguments.args
  local on = wanted == 'on' or wanted ~= 'off' and not vim.lsp.inlay_hint.is_enabled({ bufnr = 0 })
  vim.lsp.inlay_hint.enable(on, { bufnr = 0 })
end

--- For a 'statusline': what there is to know of the server in few words; empty where all is well, or none runs.
---@return string
function M.status()
  local client = vim.lsp.get_clients({ name = server.name, bufnr = 0 })[1]
  local said = client and server.said[client.id]
  if not said then
    return ''
  end
  local words = {}
  if said.resolving > 0 then
    table.insert(words, ('resolving %d'):format(said.resolving))
  end
  if said.unavailable > 0 then
    table.insert(words, ('%d not available'):format(said.unavailable))
  end
  if said.offline then
    table.insert(words, 'offline')
  end
  return #words > 0 and 'floe: ' .. table.concat(words, ', ') or ''
end

function M.refresh()
  local client = about()
  if client then
    client:notify('workspace/didChangeWorkspaceFolders', { event = { added = {}, removed = {} } }) -- looks at all files
    server.execute(client, 'floe.refreshParents', {}, function() end)
  end
end

function M.restart()
  server.restart()
end

function M.log()
  require('floe.log').open()
end

return M
