--- The data mesh as an indented tree: who inherits from whom, with findings.

local M = {}

local space = vim.api.nvim_create_namespace('floe_graph')
local FEW = 60
local NOWHERE = { start = { line = 0, character = 0 }, ['end'] = { line = 0, character = 0 } }
local ORDER = { enterprise = 1, domain = 2, platform = 3, product = 4 }

---@class floe.Node
---@field id string
---@field uri string
---@field name string
---@field tier string
---@field version string
---@field errors integer
---@field warnings integer

---@param number integer
---@param word string
local function count(number, word)
  return ('%d %s%s'):format(number, word, number == 1 and '' or 's')
end

---@param result { nodes: floe.Node[], edges: { from: string, to: string }[] }
---@return floe.Page
function M.page(result)
  local nodes, below, placed, named = {}, {}, {}, {}
  for _, node in ipairs(result.nodes) do
    nodes[node.id], below[node.id] = node, {}
    local name = node.tier .. node.name
    named[name] = (named[name] or 0) + 1
  end
  for _, edge in ipairs(result.edges) do
    if nodes[edge.from] and nodes[edge.to] then
      table.insert(below[edge.from], nodes[edge.to])
      placed[edge.to] = true
    end
  end
  local function sorted(some)
    table.sort(some, function(one, other)
      local a, b = ORDER[one.tier] or 9, ORDER[other.tier] or 9
      if a ~= b then
        return a < b
      end
      if one.name ~= other.name then
        return one.name < other.name
      end
      return one.id < other.id
    end)
    return some
  end

  local page = { lines = {}, leads = {} }
  local marks = {} ---@type [integer, integer, integer, string][]
  local seen = {}
  local function add(node, depth)
    if seen[node.id] then
      return
    end
    seen[node.id] = true
    local row, text = #page.lines, ('  '):rep(depth)
    local function part(words, highlight)
      table.insert(marks, { row, #text, #text + #words, highlight })
      text = text .. words
    end
    part(node.name, 'Identifier')
    text = text .. ' '
    part(node.tier .. (node.version ~= '' and ' ' .. node.version or ''), 'Comment')
    if named[node.tier .. node.name] > 1 then
      part(' in ' .. vim.fs.basename(vim.fs.dirname(vim.uri_to_fname(node.uri))), 'Comment')
    end
    for _, found in ipairs({ { node.errors, 'error', 'Error' }, { node.warnings, 'warning', 'Warn' } }) do
      if found[1] > 0 then
        text = text .. '  '
        part(count(found[1], found[2]), 'Diagnostic' .. found[3])
      end
    end
    table.insert(page.lines, text)
    page.leads[row] = { uri = node.uri, range = NOWHERE }
    for _, child in ipairs(sorted(below[node.id])) do
      add(child, depth + 1)
    end
  end
  local tops = vim.tbl_filter(function(node)
    return not placed[node.id]
  end, result.nodes)
  for _, some in ipairs({ sorted(tops), result.nodes }) do -- the second: those that inherit in a circle
    for _, node in ipairs(some) do
      add(node, 0)
    end
  end

  page.paint = function(buffer)
    vim.api.nvim_buf_clear_namespace(buffer, space, 0, -1)
    for _, mark in ipairs(marks) do
      vim.api.nvim_buf_set_extmark(buffer, space, mark[1], mark[2], { end_col = mark[3], hl_group = mark[4] })
    end
    local window = vim.fn.win_findbuf(buffer)[1]
    if window and vim.wo[window][0].foldmethod ~= 'indent' then
      vim.wo[window][0].foldmethod, vim.wo[window][0].foldlevel = 'indent', #page.lines > FEW and 1 or 99
    end
  end
  return page
end

return M
