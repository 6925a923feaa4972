--- Which files are floe's, and what happens when one is opened or named.

local M = {}

--- `vim.g.floe`, with what holds where it says nothing.
function M.options()
  local chosen = type(vim.g.floe) == 'table' and vim.g.floe or {}
  local usual = { enable = true, filetype = 'yaml.floe', hints = true, lenses = true, watch = true }
  return vim.tbl_extend('force', usual, chosen)
end

local OURS = {}
for word in
  ([[scope plugins governance observability parent parent_manifest approved_plugins approved_products domains
  data_architecture transforms platform]]):gmatch('%S+')
do
  OURS[word] = true
end

--- Whether a …manifest.yaml says that it is somebody else's, or says things that floe does not know.
---@param lines string[]
function M.is_foreign(lines)
  local keys, known = 0, false
  for _, line in ipairs(lines) do
    local version = line:match('^apiVersion:%s*["\']?([^%s"\'#]+)')
    if version then
      return not vim.startswith(version, 'floe')
    end
    local key = line:match('^([%a_][%w_.-]*)%s*:%s') or line:match('^([%a_][%w_.-]*)%s*:$')
    if key then
      keys, known = keys + 1, known or OURS[key] == true
    end
  end
  return keys > 1 and not known
end

--- The filetype of a file with one of floe's names. With one of its own, servers for all YAML leave it alone.
---@param path string
---@param buffer integer?
function M.filetype(path, buffer)
  local chosen = M.options().filetype
  if buffer and not vim.fs.basename(path):match('^floe%.ya?ml$') then
    local lines = vim.api.nvim_buf_get_lines(buffer, 0, 200, false)
    return M.is_foreign(lines) and 'yaml' or chosen
  end
  return chosen
end

local said = false

--- The server runs for floe's files without a word in init.lua.
---@param buffer integer
function M.enable(buffer)
  local server = require('floe.server')
  if not M.options().enable or server.is_enabled() or vim.bo[buffer].buftype ~= '' then
    return
  end
  -- Behind the start of Neovim: only then are buffers looked at that are open already.
  local function start()
    if server.is_enabled() then
      return
    end
    vim.lsp.enable(server.name)
    local program = vim.tbl_get(vim.lsp.config[server.name] or {}, 'cmd', 1)
    local wanted = vim.api.nvim_buf_is_valid(buffer) and vim.bo[buffer].filetype == M.options().filetype
    if wanted and not said and type(program) == 'string' and vim.fn.executable(program) == 0 then
      said = true
      local message = 'floe: there is no program %s. Install it with: pipx install floe-language-server'
      vim.notify(message:format(program), vim.log.levels.WARN)
    end
  end
  if vim.v.vim_did_enter == 1 then
    vim.schedule(start)
  else
    vim.api.nvim_create_autocmd('VimEnter', { once = true, callback = start })
  end
end

--- A buffer that gets a name may have become one of floe's files.
---@param buffer integer
function M.renamed(buffer)
  local filetype = vim.bo[buffer].filetype
  if vim.bo[buffer].buftype ~= '' or not vim.startswith(filetype, 'yaml') then
    return -- Neovim finds the filetype of a buffer that has none
  end
  local found = vim.filetype.match({ buf = buffer })
  vim.bo[buffer].filetype = found or filetype
end

return M
