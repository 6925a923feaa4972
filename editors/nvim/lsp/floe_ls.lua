-- The language server for floe's manifests and data products, for Neovim 0.11 and later.
-- Put this file into a `lsp/` folder of your 'runtimepath' (~/.config/nvim/lsp/) and say: vim.lsp.enable('floe_ls')

---@type vim.lsp.Config
return {
  cmd = { 'floe-ls', 'serve' },
  filetypes = { 'yaml' },
  -- Only floe's files start a server. The workspace is the repository, so that all domains and products are seen; outside of
  -- one, where the settings are; a lone file works as well.
  root_dir = function(buffer, start)
    local name = vim.fs.basename(vim.api.nvim_buf_get_name(buffer))
    if name:match('^floe%.ya?ml$') or name:match('manifest%.ya?ml$') then
      local path = vim.api.nvim_buf_get_name(buffer)
      start(vim.fs.root(path, '.git') or vim.fs.root(path, 'floe-ls.toml') or vim.fs.dirname(path))
    end
  end,
  -- The same keys as in floe-ls.toml, and they win over it: offline, sources, registries, rules.
  settings = { floe = {} },
}
