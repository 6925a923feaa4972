-- The language server for floe's manifests and data products, for Neovim 0.11 and later: vim.lsp.enable('floe_ls')
-- This file works alone, in a `lsp/` folder of the 'runtimepath'; the rest of the plugin adds commands and views.

local ours = { ['floe.yaml'] = true, ['floe.yml'] = true }

---@type vim.lsp.Config
local config = {
  cmd = { 'floe-ls', 'serve' },
  filetypes = { 'yaml', 'yaml.floe' },
  get_language_id = function()
    return 'yaml'
  end,
  -- Only floe's files start a server. The workspace is the repository, so that all domains and products are seen; outside of
  -- one, where the settings are; a lone file works as well.
  root_dir = function(buffer, start)
    local path = vim.api.nvim_buf_get_name(buffer)
    local name = vim.fs.basename(path)
    if ours[name] or name:match('manifest%.ya?ml$') or vim.bo[buffer].filetype == 'yaml.floe' and path ~= '' then
      start(vim.fs.root(path, '.git') or vim.fs.root(path, 'floe-ls.toml') or vim.fs.dirname(path))
    end
  end,
  -- The same keys as in floe-ls.toml, and they win over it: offline, sources, registries, rules.
  settings = { floe = {} },
}

local installed, server = pcall(require, 'floe.server')
return installed and vim.tbl_extend('error', config, server.extras()) or config
