-- Tells the Roomkeeper component which rooms the users of this host are in, and when a link to the
-- server of those rooms is made or lost; joins rooms again when the component asks for it.
-- For Prosody 0.12 and 13; needs both roomkeeper_*.lib.lua beside it. Licence: MIT.
local st, jid, new_id = require "util.stanza", require "util.jid", require "util.id".medium;
local now = require "util.time".monotonic;
local rejoins = module:require "roomkeeper_rejoin";
local xmlns_link, xmlns_muc_user = "urn:x-roomkeeper:link:0", "http://jabber.org/protocol/muc#user";
local component = assert(module:get_option_string("roomkeeper_component"), "roomkeeper_component is not set");
local max_rooms = module:get_option_number("roomkeeper_max_rooms", 1000); -- for each session
local max_bytes = 1023; -- of a part of an address (RFC 7622)
local max_copy = 65536; -- bytes: what a stranger makes larger would end the component's stream
local hosts, full_sessions = prosody.hosts, prosody.full_sessions;
local state = module:shared("state"); -- boot, prefixes and keeper (the component's session) outlive a reload
state.boot, state.prefixes = state.boot or new_id(), state.prefixes or {};

-- What the component is told goes straight into its connection: copies are most of what this module costs.
local function element(name, attr, content)
	local text = "<"..name;
	for key, value in pairs(attr) do text = text.." "..key.."='"..st.xml_escape(value).."'"; end
	return text..">"..(content or "").."</"..name..">";
end
local function send(content, session)
	session = session or state.keeper; -- nothing, unless asked by a hello on a connection that is still there
	if not session or session.destroyed then return; end
	session.send(element("message", { from = module.host, to = component }, content));
end
local function tell(name, attr, session) attr.xmlns = xmlns_link; send(element(name, attr), session); end
local function hello(session) tell("hello", { version = "2", software = "prosody", boot = state.boot }, session); end
local function copy(stanza, children) -- with these children only; an error also holds the join, and its password
	local attr, content = stanza.attr, {};
	for i, child in ipairs(children) do content[i] = tostring(child); end
	local inner = { xmlns = "jabber:client", from = attr.from, to = attr.to, id = attr.id, type = attr.type };
	local copied = element(stanza.name, inner, table.concat(content));
	copied = element("forwarded", { xmlns = "urn:xmpp:forward:0" }, copied);
	if #copied <= max_copy then send(copied); end
end
local function copy_error(stanza) copy(stanza, { stanza:get_child("error") }); end

local function is_answer(attr) -- to this component process, or to the last one
	for _, prefix in ipairs((attr.type == "result" or attr.type == "error") and attr.id and state.prefixes or {}) do
		if attr.id:sub(1, #prefix) == prefix then return true; end
	end
end
local links = module:require "roomkeeper_links".watch(component, tell, is_answer);

-- Whoever a room or its server puts out by a fault or a restart is to be brought back, and not to be told
-- that it is out: few clients join again by themselves, and those that were told can't be helped any more.
local patience = 60; -- seconds after one such removal in which the next one is passed on
local function is_held_back(row, x)
	local technical = false;
	for status in x:childtags("status") do
		local code = status.attr.code;
		technical = technical or code == "332" or code == "333";
		if code ~= "110" and code ~= "332" and code ~= "333" then return false; end
	end
	if not technical or x:get_child("destroy") or not row.nick then return false; end
	if not state.rejoins or not state.keeper or state.keeper.destroyed then return false; end
	if now() < (row.held or -patience) + patience then return false; end
	row.held = now();
	return true;
end

-- Rows are kept on the session: they end with it, and outlast its hibernation and resumption (XEP-0198).
-- A room gets one when the user sends it a presence, and loses it when the user is out. row.nick is the
-- nick that the room gave; see roomkeeper_rejoin.lib.lua for the rest.
local function bare(address) return address:match("^[^/]+"); end
local function row_of(full_jid, room)
	local rows = (full_sessions[full_jid] or {}).roomkeeper;
	return rows and rows[room], rows;
end
local function add_row(session, room)
	local rows, count = session.roomkeeper or {}, 0;
	for _ in pairs(rows) do count = count + 1; end
	for other, row in pairs(count >= max_rooms and rows or {}) do -- who is not in makes room
		if not row.nick and not rejoins.is_joining(row) then rows[other], count = nil, count - 1; end
	end
	if count >= max_rooms or not room:find("@", 1, true) then return; end
	rows[room], session.roomkeeper = {}, rows;
	return rows[room];
end
module:hook("pre-presence/full", function (event) -- after all who may hold it back
	local session, stanza = event.origin, event.stanza;
	local attr, leaves = stanza.attr, stanza.attr.type == "unavailable";
	local sent = rawget(session, "roomkeeper_sent");
	if sent then return sent(); end
	if not session.full_jid or attr.type and not leaves then return; end
	local rows, room = session.roomkeeper, bare(attr.to);
	local row = rows and rows[room];
	if row and row.nick and (leaves or row.nick ~= jid.resource(attr.to)) then copy(stanza, {}); end
	if leaves then
		if row then rows[room] = nil; end -- what the room still sends can't bring it back
		return;
	end
	row = row or add_row(session, room);
	if row then rejoins.asked(row, session, stanza); end
end, -10);
local function presence_error(stanza)
	local attr, room = stanza.attr, bare(stanza.attr.from);
	local row, rows = row_of(attr.to, room);
	local answers = row and row.opened and attr.id == nil; -- a gateway to IRC names no id
	local ours = is_answer(attr) or answers;
	if not row and not ours then return; end
	copy_error(stanza);
	if row then
		if ours then row.opened = nil; else row.joining = nil; end
		if not row.nick then rows[room] = nil; end
	end
	return ours;
end
module:hook("presence/full", function (event)
	local stanza = event.stanza;
	local attr = stanza.attr;
	if attr.type == "error" then return presence_error(stanza); end
	local room = bare(attr.from);
	local row, rows = row_of(attr.to, room);
	if not row or attr.type and attr.type ~= "unavailable" then return; end -- the user never asked to be there
	rejoins.seen(row);
	local x = stanza:get_child("x", xmlns_muc_user);
	local nick = attr.from:sub(#room + 2);
	if not x or not (x:get_child_with_attr("status", nil, "code", "110") or x:get_child("destroy")) then
		if nick ~= row.nick and nick ~= "" then rejoins.told(row, nick, not attr.type); end
		return;
	end
	local is_notice = event.origin.host == component; -- it knows what it sent itself
	if attr.type and not is_notice and is_held_back(row, x) then
		tell("dropped", { user = attr.to, room = room });
		return true;
	end
	if attr.type then
		local item = x:get_child_with_attr("status", nil, "code", "303") and x:get_child("item");
		nick = item and item.attr.nick or nil;
	end
	if nick and #nick > max_bytes then return; end
	row.nick = nick;
	if not attr.type then
		row.joining = nil;
		if row.opened then rejoins.is_back(row, full_sessions[attr.to], room); end
	elseif not nick then
		row.others = nil; -- who is out lists nobody
	end
	if not nick and (is_notice or not (row.joining or row.opened)) then rows[room] = nil; end
	if not is_notice then copy(stanza, { x }); end
end, 1);
module:hook("resource-unbind", function (event)
	if event.session.roomkeeper then tell("ended", { user = event.session.full_jid }); end
	event.session.roomkeeper = nil;
end, 1);

module:hook("iq/full", function (event)
	local stanza, attr = event.stanza, event.stanza.attr;
	if is_answer(attr) then copy(stanza, stanza.tags); return true; end
	if attr.type == "get" and stanza:get_child("ping", "urn:xmpp:ping") then -- did the user's own occupant send it on?
		local row = row_of(attr.to, bare(attr.from));
		if row and row.nick and row.nick == jid.resource(attr.from) then copy(stanza, stanza.tags); end
	elseif attr.type == "error" and links.is_news(stanza) then
		copy_error(stanza);
	end
end, 100);
module:hook("message/full", function (event)
	local stanza, attr = event.stanza, event.stanza.attr;
	if attr.type ~= "groupchat" and attr.type ~= "error" then return; end
	local row = row_of(attr.to, bare(attr.from));
	if attr.type == "groupchat" then return row and rejoins.heard(row, stanza); end
	local unreached = links.is_unreached(stanza);
	if unreached and links.is_news(stanza) or row and not unreached then copy_error(stanza); end
end, 1);

local function rejoin(request)
	local id, session = request.id, full_sessions[request.user];
	local function refuse(reason) tell("norejoin", { id = id, reason = reason }); end
	if not session or session.host ~= module.host then return refuse("ended"); end
	local row = row_of(request.user, request.room);
	if row and rejoins.is_joining(row) then return refuse("joining"); end
	if not row or not row.nick then return refuse("left"); end
	local function sent() tell("rejoining", { id = id }); end
	if not rejoins.rejoin(session, request.room.."/"..row.nick, row, id, sent, presence_error) then refuse("blocked"); end
end
local function snapshot()
	for full_jid, session in pairs(full_sessions) do
		for room, row in pairs(session.host == module.host and session.roomkeeper or {}) do
			if row.nick then tell("joined", { user = full_jid, room = room, nick = row.nick }); end
		end
	end
	links.snapshot();
	tell("synced", {});
end
module:hook("message/host", function (event)
	local origin, told = event.origin, nil;
	if origin.type ~= "component" or origin.host ~= component then return; end
	for request in event.stanza:childtags(nil, xmlns_link) do
		local attr = request.attr;
		local prefix = request.name == "hello" and (attr.prefix or ""):match("^rk%-.+");
		local asks = origin == state.keeper and (attr.id or ""):sub(1, #state.prefixes[1]) == state.prefixes[1];
		if prefix then
			state.keeper, state.prefixes = origin, { prefix, state.prefixes[1] };
			state.rejoins = request.attr.rejoins == "true";
			hello(); snapshot();
		elseif asks and request.name == "rejoin" then
			rejoin(attr);
		elseif asks and request.name == "probe" then
			links.probe(attr);
		end
		told = true;
	end
	return told;
end);

for _, session in pairs(full_sessions) do -- after a reload of the first version, whose rows were nicks
	for room, row in pairs(session.host == module.host and session.roomkeeper or {}) do
		if type(row) ~= "table" then session.roomkeeper[room] = row and { nick = row } or nil; end
	end
end
local there = ((hosts[component] or {}).modules or {}).component;
if there and there.connected then hello(there.session); end -- loaded late: ask for its hello
