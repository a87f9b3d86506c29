-- Sends the presence of a room's occupants to a gateway once, not once for each of its users who are in
-- the room. For Prosody 0.12 and 13, on a MUC component. Licence: MIT.
local st, jid, cache = require "util.stanza", require "util.jid", require "util.cache";
local muc, xmlns_user = module:depends("muc"), "http://jabber.org/protocol/muc#user";
local gateways, hosts = module:get_option_set("roomkeeper_gateways", {}), prosody.hosts;

-- Of a gateway's users in a room one, the delegate, gets the presence of all occupants; the others get only
-- what is about themselves. A view lasts as long as the room has users of that gateway.
local views = setmetatable({}, { __mode = "k" }); -- room -> gateway -> { delegate = full JID, left, lost }
local most_left = 200; -- so many of those who left last are remembered for each view
local function known_view(room, gateway) return room and (views[room] or {})[gateway]; end
local function has_delegate(room, view) return room:get_occupant_jid(view.delegate) ~= nil; end
local function view_of(room, gateway)
	local of_room = views[room] or {};
	views[room], of_room[gateway] = of_room, of_room[gateway] or { left = cache.new(most_left) };
	return of_room[gateway];
end

-- Shows the delegate the room as it is, because something that was sent to the gateway got lost: first that
-- those who left have left, then who is there.
local send = muc.room_mt.route_stanza;
local function show(room, view)
	local to = view.delegate;
	view.lost = nil;
	for nick in view.left:items() do
		if not room:get_occupant_by_nick(nick) then
			send(room, st.presence({ from = nick, to = to, type = "unavailable" })
				:tag("x", { xmlns = xmlns_user }):tag("item", { affiliation = "none", role = "none" }));
		end
	end
	room:send_occupant_list(to, function (_, occupant) return not occupant or not occupant:get_presence(to); end);
end
local function appoint(room, gateway, view)
	view.delegate = nil;
	for _, occupant in room:each_occupant() do
		for user in occupant:each_session() do
			if jid.host(user) == gateway and room:get_occupant_jid(user) then
				view.delegate = user;
				if view.lost then show(room, view); end
				return;
			end
		end
	end
end

-- All that a room sends to an occupant passes here. The room has taken a user who goes off its list before it
-- tells anybody, so that the next delegate is the first to hear of it.
local function reaches(room, stanza)
	local to, kind = stanza.attr.to, stanza.attr.type;
	local gateway = stanza.name == "presence" and kind ~= "error" and jid.host(to);
	local x = gateway and gateways:contains(gateway) and stanza:get_child("x", xmlns_user);
	if not x or x:get_child_with_attr("status", nil, "code", "110") then return true; end
	local view = view_of(room, gateway);
	if not has_delegate(room, view) then appoint(room, gateway, view); end
	if to ~= view.delegate then return false; end
	if kind == "unavailable" then view.left:set(stanza.attr.from, true); end
	return true;
end
function muc.room_mt:route_stanza(stanza)
	if reaches(self, stanza) then return send(self, stanza); end
end
function module.unload() muc.room_mt.route_stanza = send; end

module:hook("muc-occupant-left", function (event)
	local room, gateway = event.room, jid.host(event.occupant.bare_jid);
	local view = known_view(room, gateway);
	if not view or has_delegate(room, view) then return; end
	appoint(room, gateway, view);
	if not view.delegate then views[room][gateway] = nil; end -- that was its last user
end);
module:hook("muc-occupant-pre-change", function (event) -- joins again, as after a restart of the gateway
	local user = event.stanza.attr.from;
	local gateway = jid.host(user);
	if gateways:contains(gateway) and event.stanza:get_child("x", "http://jabber.org/protocol/muc") then
		view_of(event.room, gateway).delegate = user; -- it has forgotten the room, and gets the list
	end
end, -1000);

-- What was lost: all that the delegate was sent before an error came back from it, for which the room removes
-- it; and what was on its way when a stream broke, so that the delegate is shown the room when it is up again.
local function returned(event)
	local stanza, user = event.stanza, event.stanza.attr.from;
	if stanza.attr.type ~= "error" or not gateways:contains(jid.host(user)) then return; end
	local view = known_view(muc.get_room_from_jid(jid.bare(stanza.attr.to)), jid.host(user));
	if view and view.delegate == user then view.lost = true; end
end
for _, name in ipairs({ "presence/full", "message/full", "message/bare" }) do module:hook(name, returned, 10); end

local broken = module:shared("broken"); -- gateway -> true
local function stream(gateway, up, clean)
	if not gateways:contains(gateway) then return; end
	if not up then broken[gateway] = broken[gateway] or not clean or nil; return; end
	local rooms = {};
	if broken[gateway] then for room in muc.live_rooms() do rooms[#rooms+1] = room; end end
	broken[gateway] = nil;
	for _, room in ipairs(rooms) do
		local view = known_view(room, gateway);
		if view and has_delegate(room, view) then show(room, view); end
	end
end
local s2s_sessions = module:shared("/*/s2s/sessions"); -- connection -> session, while it is connected
local function up(session)
	if session.direction == "outgoing" then return stream(session.to_host, true); end
	for domain, peering in pairs(session.hosts) do if peering.authed then stream(domain, true); end end
end
local function down(event)
	local session, why = event.session, tostring(event.reason or "");
	local closed = why == "" or why:find("^connection%-timeout %(.*[Ii]dle"); -- by both ends, or as idle
	local clean = closed and s2s_sessions[session.conn] == session;
	if session.direction == "outgoing" then return stream(session.to_host, false, clean); end
	for domain, peering in pairs(session.hosts) do if peering.authed then stream(domain, false, clean); end end
end
-- The other end of a stream for both directions authenticates and then opens it anew. What it was sent before
-- that would be no part of any stream, and it would close the connection.
local function up_when_open(session)
	module:add_timer(0, function () if not session.destroyed and not session.notopen then up(session); end end);
end
module:hook("s2sout-established", function (event) up(event.session); end);
module:hook("s2sin-established", function (event) up_when_open(event.session); end);
module:hook("s2s-stream-features", function (event)
	if event.origin.type == "s2sin" then up_when_open(event.origin); end
end);
module:hook("s2sout-destroyed", down);
module:hook("s2sin-destroyed", down);
local function watch_component(name)
	if not gateways:contains(name) or hosts[name].type ~= "component" then return; end
	module:context(name):hook("component-authenticated", function () stream(name, true); end);
	module:context(name):hook("component-disconnected", function () stream(name, false); end);
end
for name in pairs(hosts) do watch_component(name); end module:hook_global("host-activated", watch_component, 1);
