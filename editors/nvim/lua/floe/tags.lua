--- Other versions of a file's parent, as the server completes them.

local server = require('floe.server')

local M = {}

local PATIENCE = 1000

---@param client vim.lsp.Client
---@param method string
---@param params table
local function ask(client, method, params)
  local answer = client:request_sync(method, params, PATIENCE)
  local result = answer and answer.result
  return result ~= vim.NIL and result or nil
end

--- References that may stand in place of the present one; those of the same repository as bare tags, and first.
---@param client vim.lsp.Client
---@param uri string
---@return string[]
function M.list(client, uri)
  local buffer = vim.uri_to_bufnr(uri)
  local document = { uri = uri }
  for _, link in ipairs(ask(client, 'textDocument/documentLink', { textDocument = document }) or {}) do
    local first, last = link.range.start, link.range['end']
    local line = vim.api.nvim_buf_get_lines(buffer, first.line, first.line + 1, false)[1] or ''
    local from = vim.str_byteindex(line, client.offset_encoding, first.character, false)
    local to = vim.str_byteindex(line, client.offset_encoding, last.character, false)
    local ref = line:sub(from + 1, to)
    local repository = ref:match('^(oci://.+):[^/:@]+$') or ref:match('^(oci://[^@]+)@')
    if repository then
      local found = ask(client, 'textDocument/completion', { textDocument = document, position = last }) or {}
      local tags, others = {}, {}
      for _, item in ipairs(found.items or found) do
        local other = item.label
        if vim.startswith(other, repository .. ':') then
          other = other:sub(#repository + 2)
        end
        if item.label ~= ref and not vim.tbl_contains(tags, other) and not vim.tbl_contains(others, other) then
          table.insert(other == item.label and others or tags, other)
        end
      end
      return vim.list_extend(tags, others)
    end
  end
  return {}
end

--- For the command line.
---@param typed string
function M.complete(typed)
  local client = server.client(0)
  local uri = require('floe.view').source(vim.uri_from_bufnr(0))
  return vim.tbl_filter(function(each)
    return vim.startswith(each, typed)
  end, client and M.list(client, uri) or {})
end

return M
