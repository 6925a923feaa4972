-- What is there from the start: the names of floe's files, its views, its commands. All else is loaded when it is used.

if vim.g.loaded_floe then
  return
end
vim.g.loaded_floe = true
if vim.fn.has('nvim-0.11') == 0 then
  vim.notify('floe: Neovim 0.11 or later is needed', vim.log.levels.ERROR)
  return
end

local function filetype(path, buffer)
  return require('floe.files').filetype(path, buffer)
end
vim.filetype.add({
  filename = { ['floe.yaml'] = filetype, ['floe.yml'] = filetype },
  pattern = { ['.*manifest%.ya?ml'] = filetype },
})

local group = vim.api.nvim_create_augroup('floe', { clear = true })
vim.api.nvim_create_autocmd('BufReadCmd', {
  group = group,
  -- The patterns need their slash: without one they would be held against the tail of the name.
  pattern = { 'floe-oci:/*', 'floe-effective:/*', 'floe-impact:/*', 'floe-whatif:/*', 'floe-graph:/*' },
  callback = function(event)
    require('floe.view').read(event.buf, event.match)
  end,
})
vim.api.nvim_create_autocmd('FileType', {
  group = group,
  pattern = { 'yaml', 'yaml.floe' },
  callback = function(event)
    require('floe.files').enable(event.buf)
  end,
})
vim.api.nvim_create_autocmd('BufFilePost', {
  group = group,
  pattern = { '*.yaml', '*.yml' },
  callback = function(event)
    require('floe.files').renamed(event.buf)
  end,
})

vim.api.nvim_create_autocmd('LspAttach', {
  group = group,
  callback = function(event)
    local client = vim.lsp.get_client_by_id(event.data.client_id)
    if client and client.name == 'floe_ls' then
      require('floe.server').attached(client, event.buf)
    end
  end,
})

---@param name string
---@param described string
---@param more? table
local function command(name, described, more)
  local run = name:sub(#'Floe' + 1):lower()
  vim.api.nvim_create_user_command(name, function(arguments)
    require('floe')[run](arguments)
  end, vim.tbl_extend('force', { desc = described }, more or {}))
end

command('FloeEffective', 'Show the effective configuration of this file, each line with who decided it')
command('FloeExplain', 'Show what the value under the cursor means and how it came about')
command('FloeInheritors', 'List the files that inherit from this one')
command('FloeImpact', 'Show what the unsaved edits of this manifest do to the files below')
command('FloeWhatIf', 'Show what another version of the parent would change', {
  nargs = '?',
  complete = function(typed)
    return require('floe.tags').complete(typed)
  end,
})
command('FloeGraph', 'Show who inherits from whom; with ! as a picture in the browser', { bang = true })
command('FloeHints', 'Switch the hints at the ends of lines on or off', {
  nargs = '?',
  complete = function()
    return { 'on', 'off' }
  end,
})
command('FloeRefresh', 'Ask again for parents that could not be had, and look at all files anew')
command('FloeRestart', 'Restart the language server')
command('FloeLog', 'Show what the language server has written')
