--- Versions that may take the place of a file's parent.

local server = require('floe.server')

local M = {}

local PATIENCE = 1000

--- The tags that are known, the newest first.
---@param client vim.lsp.Client
---@param uri string
---@return string[]
function M.list(client, uri)
  local answer = client:request_sync('floe/versions', { uri = uri }, PATIENCE)
  local known = answer and answer.result
  return known and known ~= vim.NIL and known.tags or {}
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
