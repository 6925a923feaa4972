#!/bin/bash
# Takes the README's picture: a real Neovim in a real terminal, with this server behind it.
# Needs Xvfb, xterm and ImageMagick (make tools). Usage: scripts/screenshot.sh [FILE.png]
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
picture=${1:-docs/images/neovim.png}
mkdir -p "$(dirname "$picture")"
work=$(mktemp -d)
display=:$((90 + RANDOM % 400))
trap 'kill $terminal $screen 2>/dev/null || true; rm -rf "$work"' EXIT
terminal= screen=

export XDG_STATE_HOME=$work/state XDG_CONFIG_HOME=$work/config XDG_DATA_HOME=$work/data XDG_CACHE_HOME=$work/cache
export PATH="$root/.venv/bin:$PATH" COLORTERM=truecolor
cat > "$work/init.lua" <<LUA
vim.opt.runtimepath:prepend('$root/editors/nvim')
vim.lsp.enable('floe_ls')
vim.opt.swapfile = false
vim.opt.number = true
vim.opt.signcolumn = 'yes'
vim.opt.winborder = 'rounded'
vim.opt.laststatus = 2
vim.opt.statusline = ' %t%=%l:%c '
vim.diagnostic.config({ virtual_text = { spacing = 2, prefix = '■' }, severity_sort = true })
vim.cmd('filetype on | syntax on')
vim.cmd.colorscheme('retrobox')
vim.api.nvim_set_hl(0, 'NormalFloat', { link = 'Normal' })
vim.api.nvim_set_hl(0, 'FloatBorder', { fg = '#928374' })
vim.api.nvim_set_hl(0, '@markup.raw.markdown_inline', { fg = '#8ec07c' })
vim.api.nvim_set_hl(0, 'DiagnosticError', { fg = '#fb4934' })
vim.api.nvim_set_hl(0, 'DiagnosticWarn', { fg = '#fabd2f' })
LUA

cp -r examples "$work/examples"
git -C "$work/examples" init --quiet
cd "$work/examples/broken"
sed -i 's/ \+#.*//' operations-domain-manifest.yaml # room for the messages
Xvfb "$display" -screen 0 1492x552x24 -nolisten tcp >/dev/null 2>&1 & screen=$!
until [ -S "/tmp/.X11-unix/X${display#:}" ]; do sleep 0.1; done
socket=$work/nvim.sock
DISPLAY=$display xterm -fa 'DejaVu Sans Mono' -fs 12 -geometry 148x27+0+0 -b 6 +sb -bg '#1c1c1c' -fg '#ebdbb2' \
  -e nvim --clean -u "$work/init.lua" --listen "$socket" operations-domain-manifest.yaml & terminal=$!

ask() { nvim --server "$socket" --remote-expr "$1"; }
until [ -S "$socket" ]; do sleep 0.1; done
for _ in $(seq 100); do
  if [ "$(ask 'len(luaeval("vim.diagnostic.get(0)"))')" -ge 5 ]; then break; fi
  sleep 0.1
done
ask 'search("pii")' >/dev/null
nvim --server "$socket" --remote-send 'K'
for _ in $(seq 100); do # the hover is a window
  if [ "$(ask 'winnr("$")')" -ge 2 ]; then break; fi
  sleep 0.1
done
sleep 0.5 # the terminal draws
DISPLAY=$display import -window root "$root/$picture"
echo "$picture"
