-- wrk: posts batches of tracking calls, each call with an id of its own, about ten thousand people.
local key = os.getenv('BASIC')
local size = tonumber(os.getenv('BATCH') or '1')
local thread = 0
function setup(t)
    t:set('number', thread)
    thread = thread + 1
end
function init()
    sent = 0
    seed = os.time() * 1000 + number * 7
end
local function call()
    sent = sent + 1
    local n = sent * 7919 + number * 13
    return string.format(
        '{"type":"track","userId":"u-%d","event":"Ordered","messageId":"%d-%d-%d","properties":{"total":%d,"currency":"EUR"}}',
        n % 10000, seed, number, sent, n % 90)
end
function request()
    local body, path
    if size == 1 then
        body, path = call(), '/v1/track'
    else
        local calls = {}
        for n = 1, size do calls[n] = call() end
        body, path = '{"batch":[' .. table.concat(calls, ',') .. ']}', '/v1/batch'
    end
    return wrk.format('POST', path, { ['content-type'] = 'application/json', authorization = 'Basic ' .. key }, body)
end
