--- Tells the server of files that come, change and go. Neovim itself does so on macOS and Windows only: on Linux a
--- folder must be watched by itself, so here each folder of the workspace is, a few at a time.

local server = require('floe.server')
local uv = vim.uv

local M = {}

local QUIET = 100 -- milliseconds in which events are gathered
local AT_ONCE = 64 -- folders that are listed at a time: Neovim answers keys in between
local LEFT_OUT = { node_modules = true, venv = true, __pycache__ = true }

---@class floe.Watch
---@field client vim.lsp.Client
---@field pattern vim.lpeg.Pattern
---@field folders table<string, { handle: uv.uv_fs_event_t, names: table<string, boolean> }>
---@field events table<string, boolean>
---@field timer uv.uv_timer_t
---@field listed integer folders that are being listed
---@field waiting [string, boolean][] those that are to be
---@field full boolean the system has no more watches

---@type table<integer, floe.Watch>
local watches = {}

---@param client vim.lsp.Client
---@param registration lsp.Registration
function M.start(client, registration)
  M.stop(client.id)
  local pattern = vim.lpeg.P(false)
  for _, watcher in ipairs(registration.registerOptions.watchers) do
    local glob = watcher.globPattern
    pattern = pattern + vim.glob.to_lpeg(type(glob) == 'string' and glob or '**/' .. glob.pattern)
  end
  local watch = {
    client = client,
    pattern = pattern,
    folders = {},
    events = {},
    timer = assert(uv.new_timer()),
    listed = 0,
    waiting = {},
    full = false,
  }
  watches[client.id] = watch
  for _, folder in ipairs(client.workspace_folders or {}) do
    M.add(watch, vim.uri_to_fname(folder.uri), false)
  end
end

---@param id integer a client's
function M.stop(id)
  local watch = watches[id]
  watches[id] = nil
  if watch then
    for folder in pairs(watch.folders) do
      M.drop(watch, folder)
    end
    watch.timer:stop()
    watch.timer:close()
  end
end

--- How many folders are watched for a client, and whether that is all of them; nil where Neovim watches, or nobody.
---@param id integer
---@return integer?, boolean
function M.state(id)
  local watch = watches[id]
  if not watch then
    return nil, false
  end
  return vim.tbl_count(watch.folders), watch.listed == 0 and not watch.full
end

--- Watches a folder and those in it. In one that is new all files are.
---@param watch floe.Watch
---@param folder string
---@param new boolean
function M.add(watch, folder, new)
  if watch.folders[folder] or watch.full then
    return
  end
  local handle = assert(uv.new_fs_event())
  local names = {}
  local started, _, failure = handle:start(folder, {}, function(_, name)
    if name then
      M.noted(watch, folder, name)
    end
  end)
  if not started then
    handle:close()
    if failure == 'ENOSPC' or failure == 'EMFILE' then
      M.out_of_watches(watch)
    end
    return
  end
  watch.folders[folder] = { handle = handle, names = names }
  watch.listed = watch.listed + 1
  uv.fs_scandir(folder, function(_, entries)
    while entries and watches[watch.client.id] == watch do
      local name, kind = uv.fs_scandir_next(entries)
      if not name then
        break
      end
      local path = folder .. '/' .. name
      if kind == 'directory' and name:sub(1, 1) ~= '.' and not LEFT_OUT[name] then
        table.insert(watch.waiting, { path, new })
      elseif kind ~= 'directory' and watch.pattern:match(path) then
        names[name] = true
        if new then
          M.gather(watch, path)
        end
      end
    end
    watch.listed = watch.listed - 1
    while watches[watch.client.id] == watch and watch.listed < AT_ONCE and #watch.waiting > 0 do
      local next = table.remove(watch.waiting)
      M.add(watch, next[1], next[2])
    end
  end)
end

--- Something happened to a name in a folder.
---@param watch floe.Watch
---@param folder string
---@param name string
function M.noted(watch, folder, name)
  local path = folder .. '/' .. name
  if watch.pattern:match(path) then
    M.gather(watch, path)
    return
  end
  if name:sub(1, 1) == '.' or LEFT_OUT[name] then
    return
  end
  uv.fs_stat(path, function(_, found)
    if watches[watch.client.id] ~= watch then
      return
    end
    if found and found.type == 'directory' then
      M.add(watch, path, true)
    elseif not found and watch.folders[path] then
      M.gone(watch, path)
    end
  end)
end

--- A folder went, and with it what was in it.
---@param watch floe.Watch
---@param folder string
function M.gone(watch, folder)
  for other, known in pairs(watch.folders) do
    if other == folder or vim.startswith(other, folder .. '/') then
      for name in pairs(known.names) do
        M.gather(watch, other .. '/' .. name)
      end
      M.drop(watch, other)
    end
  end
end

---@param watch floe.Watch
---@param folder string
function M.drop(watch, folder)
  local handle = watch.folders[folder].handle
  watch.folders[folder] = nil
  if not handle:is_closing() then
    handle:stop()
    handle:close()
  end
end

---@param watch floe.Watch
---@param path string
function M.gather(watch, path)
  watch.events[path] = true
  if not watch.timer:is_active() then
    watch.timer:start(
      QUIET,
      0,
      vim.schedule_wrap(function()
        M.tell(watch)
      end)
    )
  end
end

--- Tells the server what became of the files that something happened to.
---@param watch floe.Watch
function M.tell(watch)
  if watches[watch.client.id] ~= watch then
    return
  end
  if watch.client:is_stopped() then
    M.stop(watch.client.id)
    return
  end
  local types, changes = vim.lsp.protocol.FileChangeType, {}
  for path in pairs(watch.events) do
    local folder, name = path:match('^(.*)/([^/]*)$')
    local known = watch.folders[folder] and watch.folders[folder].names or {}
    local there = uv.fs_stat(path) ~= nil
    local type = not there and types.Deleted or known[name] and types.Changed or types.Created
    known[name] = there or nil
    table.insert(changes, { uri = vim.uri_from_fname(path), type = type })
  end
  watch.events = {}
  watch.client:notify('workspace/didChangeWatchedFiles', { changes = changes })
end

---@param watch floe.Watch
function M.out_of_watches(watch)
  if not watch.full then
    watch.full = true
    vim.schedule(function()
      server.warn(
        'the system allows no more watched folders (fs.inotify.max_user_watches). What changes in the others is seen '
          .. 'by :FloeRefresh.'
      )
    end)
  end
end

return M
