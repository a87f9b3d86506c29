-- For tests, on a MUC component: says in the log which session comes into a room, tells on request
-- who is in, and loses those who are not from the server of the one who asks, without a word.
local st = require "util.stanza";
local host_of = require "util.jid".host;
local get_room = module:depends("muc").get_room_from_jid;
local xmlns = "urn:x-roomkeeper:test:losses";

module:hook("muc-occupant-session-new", function (event)
	module:log("info", "In the room: %s", event.jid);
end);

module:hook("iq-get/host/"..xmlns..":occupants", function (event)
	local reply = st.reply(event.stanza):tag("occupants", { xmlns = xmlns });
	for nick, occupant in get_room(event.stanza.tags[1].attr.room):each_occupant() do
		for jid in occupant:each_session() do
			reply:tag("occupant", { jid = jid, nick = nick }):up();
		end
	end
	event.origin.send(reply);
	return true;
end);

module:hook("iq-set/host/"..xmlns..":lose", function (event)
	local room = get_room(event.stanza.tags[1].attr.room);
	for _, occupant in room:each_occupant() do
		for jid in occupant:each_session() do
			if host_of(jid) ~= host_of(event.stanza.attr.from) then occupant:remove_session(jid); end
		end
		room:save_occupant(occupant);
	end
	event.origin.send(st.reply(event.stanza));
	return true;
end);
