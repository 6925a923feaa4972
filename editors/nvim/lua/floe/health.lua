--- :checkhealth floe

local files = require('floe.files')
local server = require('floe.server')

local M = {}

local OTHERS = { yamlls = true, ['yaml-language-server'] = true, yaml_language_server = true, ['helm_ls'] = true }

function M.check()
  local health = vim.health
  health.start('floe')
  if vim.fn.has('nvim-0.11') == 1 then
    health.ok('Neovim ' .. tostring(vim.version()))
  else
    health.error('Neovim 0.11 or later is needed, and this is ' .. tostring(vim.version()))
  end
  M.program(health)
  M.clients(health)
  M.others(health)
end

function M.program(health)
  local config = vim.lsp.config[server.name] or {}
  local command = config.cmd
  if type(command) ~= 'table' then
    health.info('The server is started by a function of your own.')
    return
  end
  local path = vim.fn.exepath(command[1])
  if path == '' then
    health.error(('There is no program %s.'):format(command[1]), {
      'Install it: pipx install floe-language-server',
      "or name it: vim.lsp.config('floe_ls', { cmd = { '/path/to/floe-ls', 'serve' } })",
    })
    return
  end
  local asked = vim.list_slice(command, 1, math.max(1, #command - 1))
  table.insert(asked, '--version')
  local ran, answer = pcall(function()
    return vim.system(asked, { text = true }):wait(10000)
  end)
  if ran and answer.code == 0 then
    health.ok(('floe-language-server %s: %s'):format(answer.stdout:match('%S+%s*$') or '', path))
  else
    health.error(path .. ' does not run', { ran and vim.trim(answer.stderr) or tostring(answer) })
  end
  if not server.is_enabled() then
    health.warn('The server starts with the first of floe’s files.', {
      "Where vim.g.floe says enable = false: vim.lsp.enable('floe_ls')",
    })
  end
end

function M.clients(health)
  local clients = vim.lsp.get_clients({ name = server.name })
  if #clients == 0 then
    health.info('No server runs: no file of floe is open.')
  end
  for _, client in ipairs(clients) do
    local number = vim.tbl_count(client.attached_buffers)
    health.ok(
      ('Server %d runs for %d file%s, in %s, columns in %s'):format(
        client.id,
        number,
        number == 1 and '' or 's',
        client.root_dir or 'no folder',
        client.offset_encoding
      )
    )
    local said = server.said[client.id]
    if said and said.unavailable > 0 then
      local parents = said.unavailable == 1 and 'parent' or 'parents'
      health.warn(('%d %s of open files could not be had'):format(said.unavailable, parents), {
        'The finding on the reference says why; :FloeRefresh asks again.',
      })
    end
    if said and said.offline then
      health.info('The network is closed by the settings.')
    end
    local folders, all = require('floe.watch').state(client.id)
    if folders and all then
      health.ok(('Changes on disk are seen in %d folder%s'):format(folders, folders == 1 and '' or 's'))
    elseif folders then
      health.warn(('Changes on disk are seen in %d folders only'):format(folders), {
        'Raise fs.inotify.max_user_watches, or use :FloeRefresh after changes outside of Neovim.',
      })
    elseif vim.fn.has('linux') == 1 then
      health.info('Changes on disk are not seen by themselves: :FloeRefresh looks at them.')
    end
  end
end

--- Other servers on floe's files know nothing of floe, and say the same of YAML a second time.
function M.others(health)
  local found = false
  for _, client in ipairs(vim.lsp.get_clients({ name = server.name })) do
    for buffer in pairs(client.attached_buffers) do
      for _, other in ipairs(vim.lsp.get_clients({ bufnr = buffer })) do
        if OTHERS[other.name] or other.name:lower():find('yaml', 1, true) then
          found = true
          local name = vim.fn.fnamemodify(vim.api.nvim_buf_get_name(buffer), ':~:.')
          health.warn(('%s is attached to %s, too'):format(other.name, name), {
            ("Its filetypes should not have '%s': see :help floe-two-servers"):format(vim.bo[buffer].filetype),
          })
        end
      end
    end
  end
  if not found then
    health.ok('No other YAML server is attached to floe’s files')
  end
  if files.options().filetype == 'yaml' then
    health.info("vim.g.floe.filetype is 'yaml': servers for all YAML are attached to floe's files, too.")
  end
end

return M
