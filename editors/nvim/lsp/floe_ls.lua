-- The language server for floe's manifests and data products, for Neovim 0.11 and later.
-- Put this file into a `lsp/` folder of your 'runtimepath' (~/.config/nvim/lsp/) and say: vim.lsp.enable('floe_ls')

-- Manifests from registries open as buffers that cannot be changed, with hover and all else.
-- The pattern needs its slash: without one it would be held against the tail of the name.
vim.api.nvim_create_autocmd('BufReadCmd', {
  group = vim.api.nvim_create_augroup('floe_ls_remote', { clear = true }),
  pattern = 'floe-oci:/*',
  callback = function(event)
    local buffer, client = event.buf, vim.lsp.get_clients({ name = 'floe_ls' })[1]
    local answer = client and client:request_sync('floe/textDocumentContent', { uri = event.match }, 5000, buffer)
    local found = answer and answer.result
    local text = type(found) == 'table' and found.text
      or '# This manifest is not here any more: open a file that builds on it.'
    vim.bo[buffer].modifiable = true
    vim.api.nvim_buf_set_lines(buffer, 0, -1, false, vim.split(text, '\n', { plain = true }))
    vim.bo[buffer].buftype, vim.bo[buffer].swapfile = 'nofile', false
    vim.bo[buffer].modifiable, vim.bo[buffer].readonly, vim.bo[buffer].modified = false, true, false
    vim.bo[buffer].filetype = 'yaml'
    if client then
      vim.lsp.buf_attach_client(buffer, client.id)
    end
  end,
})

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
