-- Tells the Roomkeeper component which rooms the users of this host are in, and when a link to the
-- server of those rooms is made or lost. For Prosody 0.12 and 13. Licence: MIT.
local st, jid, xmlns_link = require "util.stanza", require "util.jid", "urn:x-roomkeeper:link:0";
local new_id, now = require "util.id".medium, require "util.time".now;
local component = assert(module:get_option_string("roomkeeper_component"), "roomkeeper_component is not set");
local hosts, full_sessions = prosody.hosts, prosody.full_sessions;
local s2s_sessions = module:shared("/*/s2s/sessions"); -- connection -> session, while it is connected
local state = module:shared("state"); -- boot, prefixes and keeper (the component's session) outlive a reload
state.boot, state.prefixes = state.boot or new_id(), state.prefixes or {};

local function send(payload, unasked) -- nothing, unless asked by a hello on a connection that is still there
	local to = (unasked or (state.keeper and not state.keeper.destroyed)) and component;
	if to then module:send(st.message({ from = module.host, to = to }):add_child(payload)); end
end
local function tell(name, attr, unasked) attr.xmlns = xmlns_link; send(st.stanza(name, attr), unasked); end
local function hello() tell("hello", { version = "1", software = "prosody", boot = state.boot }, true); end
local function copy(stanza)
	local inner = st.clone(stanza); inner.attr.xmlns = "jabber:client";
	send(st.stanza("forwarded", { xmlns = "urn:xmpp:forward:0" }):add_child(inner));
end

-- Joins are kept on the session: they end with it, and outlast its hibernation and resumption (XEP-0198).
-- rooms[room] is the nick that the room gave, or false for a user who asked to be in but is not, or no more.
local function rooms_of(full_jid) return (full_sessions[full_jid] or {}).roomkeeper or {}; end
local function has_status(x, code) return x:get_child_with_attr("status", nil, "code", code); end
module:hook("pre-presence/full", function (event)
	local session, stanza, kind = event.origin, event.stanza, event.stanza.attr.type;
	local room, nick = jid.bare(stanza.attr.to), jid.resource(stanza.attr.to);
	if not session.full_jid or (kind and kind ~= "unavailable") then return; end
	session.roomkeeper = session.roomkeeper or {};
	local known = session.roomkeeper[room];
	if known and (kind or known ~= nick) then copy(stanza); end -- leaves, or asks for another nick
	if kind or not known then session.roomkeeper[room] = false; end
end, 1);
module:hook("presence/full", function (event)
	local stanza, kind = event.stanza, event.stanza.attr.type;
	local x = stanza:get_child("x", "http://jabber.org/protocol/muc#user");
	local rooms, room, nick = rooms_of(stanza.attr.to), jid.bare(stanza.attr.from), jid.resource(stanza.attr.from);
	if rooms[room] == nil then return; end -- the user never asked to be there
	if kind ~= "error" then
		if not x or not (has_status(x, "110") or x:get_child("destroy")) or (kind and kind ~= "unavailable") then return; end
		local renamed = has_status(x, "303") and x:childtags("item")();
		rooms[room] = renamed and renamed.attr.nick or not kind and nick or nil;
	end
	if event.origin.host ~= component then copy(stanza); end -- the component knows what it sent itself
end, 1);
module:hook("resource-unbind", function (event)
	if event.session.roomkeeper then tell("ended", { user = event.session.full_jid }); end
	event.session.roomkeeper = nil;
end, 1);

local unreachable = require "util.cache".new(1000); -- domain -> when the component was told
local function incoming(event)
	local stanza, kind, domain = event.stanza, event.stanza.attr.type, jid.host(event.stanza.attr.from);
	if kind == "get" and stanza:get_child("ping", "urn:xmpp:ping") then -- did the user's own occupant send it on?
		local nick = rooms_of(stanza.attr.to)[jid.bare(stanza.attr.from)];
		if nick and nick == jid.resource(stanza.attr.from) then copy(stanza); end
	elseif kind == "result" or kind == "error" then
		for _, prefix in ipairs(state.prefixes) do -- an answer to a ping of this component process, or of the last
			if stanza.name == "iq" and (stanza.attr.id or ""):sub(1, #prefix) == prefix then copy(stanza); return true; end
		end
		local unreached = (select(2, stanza:get_error()) or ""):find("^remote%-server%-"); -- not-found or timeout
		if unreached and now() - (unreachable:get(domain) or 0) > 30 then unreachable:set(domain, now()); copy(stanza); end
	end
end
module:hook("iq/full", incoming, 100); module:hook("message/full", incoming, 1);

local function report(domain, direction, up, clean)
	if up then unreachable:set(domain, nil); end
	tell("link", { domain = domain, direction = direction, state = up and "up" or "down", clean = clean });
end
local function report_stream(session, up, clean)
	if session.direction == "outgoing" then return report(session.to_host, "out", up, clean); end
	for domain, peering in pairs(session.hosts) do -- dialback lets one stream serve several domains
		if peering.authed then report(domain, "in", up, clean); end
	end
end
for _, kind in ipairs({ "s2sout", "s2sin" }) do
	module:hook(kind.."-established", function (event) report_stream(event.session, true); end);
	module:hook(kind.."-destroyed", function (event) -- clean: both ends closed it, without an error or as idle
		local session, why = event.session, event.reason or (event.reason == nil and kind == "s2sin" and "unanswered") or "";
		local closed = why == "" or tostring(why):find("^connection%-timeout %(.*[Ii]dle"); -- ejabberd's word for idle
		report_stream(session, false, closed and s2s_sessions[session.conn] == session and "true" or nil); -- else broken
	end);
end
local function watch(name) -- rooms of this server itself: their link is the MUC service or component being there
	if name == component or hosts[name].type ~= "component" then return; end
	for change, up in pairs({ ["component-authenticated"] = true, ["component-disconnected"] = false,
		["module-loaded"] = true, ["module-unloaded"] = false, ["module-reloaded"] = true }) do
		module:context(name):hook(change, function (event)
			if event.session and event.session.type ~= "component" or event.module and event.module ~= "muc" then return; end
			if change == "module-reloaded" then report(name, "out", false); end
			report(name, "out", up);
		end);
	end
end
for name in pairs(hosts) do watch(name); end module:hook_global("host-activated", watch, 1);

module:hook("message/host", function (event) -- the component's hello is answered with all that is known
	local origin, greeting = event.origin, event.stanza:get_child("hello", xmlns_link);
	local prefix = greeting and (greeting.attr.prefix or ""):match("^rk%-.+");
	if not prefix or origin.type ~= "component" or origin.host ~= component then return; end
	state.keeper, state.prefixes = origin, { prefix, state.prefixes[1] };
	unreachable:clear(); hello();
	for full_jid, session in pairs(full_sessions) do
		for room, nick in pairs(session.host == module.host and session.roomkeeper or {}) do
			if nick then tell("joined", { user = full_jid, room = room, nick = nick }); end
		end
	end
	for _, session in pairs(s2s_sessions) do
		local open = session.type == "s2sout" or session.type == "s2sin";
		if open and session.host == module.host then report_stream(session, true); end
	end
	for name, there in pairs(hosts) do
		local up = there.modules.muc or (there.modules.component and there.modules.component.connected);
		if up and name ~= component then report(name, "out", true); end
	end
	tell("synced", {}); return true;
end);
if (((hosts[component] or {}).modules or {}).component or {}).connected then hello(); end -- loaded late: ask for it
