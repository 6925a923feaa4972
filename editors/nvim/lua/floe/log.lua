--- What the server wrote on its standard error, of the log that Neovim keeps for all servers.

local server = require('floe.server')

local M = {}

local NEWEST = 1e6

function M.open()
  local path = vim.lsp.log.get_filename()
  local lines = { '# ' .. path }
  vim.list_extend(lines, M.said(path))
  if #lines == 1 then
    table.insert(lines, '# The language server has written nothing.')
  end
  local buffer = vim.api.nvim_create_buf(false, true)
  vim.bo[buffer].bufhidden = 'wipe'
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, lines)
  vim.bo[buffer].modifiable = false
  vim.cmd.split({ mods = { split = 'botright' } })
  vim.api.nvim_set_current_buf(buffer)
  vim.cmd('normal! G')
end

---@param path string
---@return string[]
function M.said(path)
  local file = io.open(path, 'r')
  if not file then
    return {}
  end
  local size = file:seek('end')
  file:seek('set', math.max(0, size - NEWEST))
  local text = file:read('*a')
  file:close()
  local program = vim.tbl_get(vim.lsp.config[server.name] or {}, 'cmd', 1)
  local out = {}
  for line in text:gmatch('[^\n]+') do
    local by, words = line:match('"rpc"%s+(".-")%s+"stderr"%s+(".*")$')
    local named, read = pcall(vim.json.decode, by or '')
    if words and named and read == program then
      local decoded, said = pcall(vim.json.decode, words)
      vim.list_extend(out, vim.split(vim.trim(decoded and said or words), '\n', { plain = true }))
    end
  end
  return out
end

return M
