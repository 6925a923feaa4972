--- The client of floe-ls: who answers for a buffer, what it is told about us, how it starts anew.

local files = require('floe.files')

---@class floe.Status
---@field resolving integer
---@field unavailable integer
---@field offline boolean
---@field version string

local M = {
  name = 'floe_ls',
  said = {}, ---@type table<integer, floe.Status> what servers say of themselves, by client
}

--- Whether Neovim starts it for its files.
function M.is_enabled()
  if vim.lsp.is_enabled then
    return vim.lsp.is_enabled(M.name)
  end
  return vim.lsp._enabled_configs[M.name] ~= nil -- the first releases of 0.11
end

--- The client of a buffer; where it has none, any.
---@param buffer integer?
---@return vim.lsp.Client?
function M.client(buffer)
  return vim.lsp.get_clients({ name = M.name, bufnr = buffer or 0 })[1] or vim.lsp.get_clients({ name = M.name })[1]
end

--- The client that has started one of a file's folders, or any.
---@param uri string
---@return vim.lsp.Client?
function M.client_of(uri)
  local path = vim.uri_to_fname(uri)
  for _, client in ipairs(vim.lsp.get_clients({ name = M.name })) do
    if client.root_dir and vim.fs.relpath(client.root_dir, path) then
      return client
    end
  end
  return M.client(0)
end

--- Asks, and calls with the answer, which is nil for null. What goes wrong is said.
---@param client vim.lsp.Client
---@param method string
---@param params table
---@param answered fun(result: any)
function M.ask(client, method, params, answered)
  client:request(method, params, function(err, result)
    if err then
      M.warn(err.message)
    else
      answered(result ~= vim.NIL and result or nil)
    end
  end)
end

---@param client vim.lsp.Client
---@param command string
---@param arguments any[]
---@param answered fun(result: any)
function M.execute(client, command, arguments, answered)
  M.ask(client, 'workspace/executeCommand', { command = command, arguments = arguments }, answered)
end

---@param message string
function M.warn(message)
  vim.notify('floe: ' .. message, vim.log.levels.WARN)
end

---@param message string
function M.tell(message)
  vim.notify('floe: ' .. message, vim.log.levels.INFO)
end

--- What the configuration of the client has beside that of any server.
---@return vim.lsp.Config
function M.extras()
  local watches = files.options().watch and vim.fn.has('linux') == 1
  return {
    capabilities = {
      workspace = {
        codeLens = { refreshSupport = true },
        -- On Linux Neovim does not watch files by itself; `floe.watch` does.
        didChangeWatchedFiles = watches and { dynamicRegistration = true } or nil,
      },
      experimental = { floe = { showsInheritors = true, status = true } },
    },
    commands = {
      ['floe.showEffective'] = function(command)
        require('floe').effective(nil, command.arguments[1])
      end,
      ['floe.showInheritors'] = function(command)
        require('floe').inheritors(nil, command.arguments[1])
      end,
      ['floe.showImpact'] = function(command)
        require('floe').impact(nil, command.arguments[1])
      end,
      ['floe.whatIf'] = function(command)
        require('floe').whatif({ args = command.arguments[2] or '' }, command.arguments[1])
      end,
    },
    handlers = {
      ['client/registerCapability'] = watches and function(err, params, context)
        local rest = {}
        for _, registration in ipairs(params.registrations) do
          if registration.method == 'workspace/didChangeWatchedFiles' then
            require('floe.watch').start(vim.lsp.get_client_by_id(context.client_id), registration)
          else
            table.insert(rest, registration)
          end
        end
        return vim.lsp.handlers['client/registerCapability'](err, { registrations = rest }, context)
      end or nil,
      ['workspace/codeLens/refresh'] = function(err, result, context)
        local own = vim.lsp.handlers['workspace/codeLens/refresh']
        if own then -- Neovim 0.12 and later
          return own(err, result, context)
        end
        local client = vim.lsp.get_client_by_id(context.client_id)
        for buffer in pairs(client and client.attached_buffers or {}) do
          M.show_lenses(buffer)
        end
        return vim.NIL
      end,
      ['floe/effectiveChanged'] = function(_, params)
        require('floe.view').stale('floe-effective', params.uri)
      end,
      ['floe/impactChanged'] = function(_, params)
        require('floe.view').stale('floe-impact', params.uri)
      end,
      ['floe/whatIfChanged'] = function(_, params)
        require('floe.view').stale('floe-whatif', params.uri)
      end,
      ['floe/status'] = function(_, params, context)
        M.said[context.client_id] = params
        vim.api.nvim_exec_autocmds('User', { pattern = 'FloeStatus', modeline = false })
        vim.cmd.redrawstatus()
      end,
      ['floe/graphChanged'] = function()
        require('floe.view').stale('floe-graph')
      end,
    },
    on_exit = function(code, signal, id)
      require('floe.watch').stop(id)
      M.said[id] = nil
      if code ~= 0 or signal ~= 0 then
        vim.schedule(function()
          M.warn('the language server has ended. :FloeRestart starts it again, :FloeLog shows what it said.')
        end)
      end
    end,
  }
end

---@param client vim.lsp.Client
---@param buffer integer
function M.attached(client, buffer)
  local options = files.options()
  if options.hints and client:supports_method('textDocument/inlayHint') then
    vim.lsp.inlay_hint.enable(true, { bufnr = buffer })
  end
  if options.lenses and vim.lsp.codelens.enable then -- Neovim 0.12 and later
    vim.lsp.codelens.enable(true, { bufnr = buffer })
  elseif options.lenses and client:supports_method('textDocument/codeLens') then
    vim.api.nvim_create_autocmd({ 'BufEnter', 'InsertLeave', 'TextChanged' }, {
      group = vim.api.nvim_create_augroup('floe_lenses_' .. buffer, { clear = true }),
      buffer = buffer,
      callback = function()
        M.show_lenses(buffer)
      end,
    })
    M.show_lenses(buffer)
  end
end

---@param buffer integer
function M.show_lenses(buffer)
  if files.options().lenses and M.answers(buffer) then
    vim.lsp.codelens.refresh({ bufnr = buffer })
  end
end

---@param buffer integer
function M.answers(buffer)
  return vim.api.nvim_buf_is_loaded(buffer) and #vim.lsp.get_clients({ name = M.name, bufnr = buffer }) > 0
end

--- Ends all clients, and starts one for each file that had one, or would.
function M.restart()
  local clients = vim.lsp.get_clients({ name = M.name })
  vim.lsp.enable(M.name, false)
  vim.wait(3000, function()
    return vim.iter(clients):all(function(client)
      return client.rpc.is_closing()
    end)
  end, 10)
  for _, client in ipairs(clients) do
    if not client.rpc.is_closing() then
      client:stop(true)
    end
  end
  vim.lsp.enable(M.name)
  require('floe.view').renew()
end

return M
