-- Joins a user's room again in the user's name, so that what was missed comes, and comes once, and who left
-- meanwhile is not listed by the client for ever.
-- Part of mod_roomkeeper, which keeps a row for each room of a session. Here it gets
--   password, presence  what the join needs that the session's own presence does not tell
--   joining             when the user asked to be in, while the room has not answered
--   last                when the room was heard last
--   ring, at            the newest groupchat messages: when, id, sender, text, and which rejoin brought it again
--   opened              when it was joined again, until the room has sent all of what was missed
--   rejoins             how many times it was joined again
--   others, count       whom the session was told to be in: nick -> after how many rejoins it was told last
local st, sha1 = require "util.stanza", require "util.hashes".sha1;
local now = require "util.time".monotonic; -- a clock that is set anew must not lose messages
local leavers_after = module:get_option_number("roomkeeper_leavers_after", 90); -- seconds
local xmlns_muc, xmlns_muc_user = "http://jabber.org/protocol/muc", "http://jabber.org/protocol/muc#user";
local xmlns_delay, xmlns_sid = "urn:xmpp:delay", "urn:xmpp:sid:0";
local patience = 60; -- seconds for a room to answer a join
local slack = 5; -- seconds that a message may take from the room to here
local repeatable = 8; -- seconds before the last sign of the room whose messages history may bring again
local fields = 5; -- of a message in the ring
local ring_size = 20 * fields; -- 20 messages
local long = 200; -- bytes; a longer text is kept as its hash, as that is far slower than to keep the text
local max_others, max_nick = 500, 128; -- of a room, and bytes; others than these are not kept in mind

-- The user sends an available presence to the room.
local function asked(row, session, stanza)
	local x = stanza:get_child("x", xmlns_muc);
	if x then row.password, row.others = x:get_child_text("password"), nil; end
	if x or not row.nick then row.joining, row.opened = now(), nil; end
	row.presence = not session.presence and st.clone(stanza) or nil; -- needed by who broadcasts none
end

-- The room sends a presence.
local function seen(row)
	if not row.opened then row.last = now(); end -- else: a rejoin that breaks off must ask for as much again
end

-- The room tells of somebody else, that is in or is not any more.
local function told(row, nick, is_in)
	if not row.others then row.others, row.count = {}, 0; end
	local others = row.others;
	local known = others[nick];
	if not is_in then
		if known then others[nick], row.count = nil, row.count - 1; end
	elseif known or row.count < max_others and #nick <= max_nick then
		others[nick] = row.rejoins or 0;
		if not known then row.count = row.count + 1; end
	end
end

-- The room is joined again. Whom it has not told of since then left while nobody could say so. The session hears
-- it, once, when others who were lost have had the time to come back.
local function is_back(row, session, room)
	local rejoin = row.rejoins;
	module:add_timer(leavers_after, function ()
		if row.rejoins ~= rejoin or not row.nick or (session.roomkeeper or {})[room] ~= row then return; end
		for nick, at in pairs(row.others or {}) do
			if at < rejoin then
				told(row, nick, false);
				session.send(st.presence({ type = "unavailable", from = room.."/"..nick, to = session.full_jid })
					:tag("x", { xmlns = xmlns_muc_user }):tag("item", { affiliation = "none", role = "none" }):reset());
			end
		end
	end);
end

-- What recognises a message: the room's own id for it; and its sender and text, as the history of some
-- rooms has other ids. This runs for each message of each room.
local function marks(stanza)
	local from, text, id = stanza.attr.from, stanza.attr.id or "", false;
	for _, tag in ipairs(stanza.tags) do
		local name, attr = tag.name, tag.attr;
		if name == "body" then
			text = tag:get_text() or "";
		elseif name == "stanza-id" and attr.xmlns == xmlns_sid and attr.by == from:match("^[^/]+") then
			id = attr.id;
		end
	end
	return id, from, #text > long and sha1(text) or text;
end

-- Each message that was delivered explains one in the history: somebody may say the same twice.
local function is_repeated(row, id, from, text)
	local ring = row.ring or {};
	local function explains(is_it)
		for i = 1, #ring, fields do
			if ring[i + 4] ~= row.opened and ring[i] >= row.last - repeatable and is_it(i) then
				ring[i + 4] = row.opened;
				return true;
			end
		end
	end
	return id and explains(function (i) return ring[i + 1] == id; end)
		or explains(function (i) return ring[i + 2] == from and ring[i + 3] == text; end);
end

-- The room sends a groupchat message; true if the user has it.
local function heard(row, stanza)
	local time = now();
	if row.opened and (time - row.opened > patience or stanza:get_child("subject") and not stanza:get_child("body")) then
		row.opened = nil; -- the subject ends what a room sends to who joins
	end
	local id, from, text = marks(stanza);
	if not row.opened then
		row.last = time;
	elseif stanza:get_child("delay", xmlns_delay) and is_repeated(row, id, from, text) then
		return true;
	end
	local ring, at = row.ring or {}, row.at or 0;
	ring[at + 1], ring[at + 2], ring[at + 3], ring[at + 4], ring[at + 5] = time, id, from, text, false;
	row.ring, row.at = ring, (at + fields) % ring_size;
end

-- Whether the user waits for the room's answer.
local function is_joining(row)
	return row.joining and now() - row.joining < patience;
end

-- What the session broadcasts today, made a join.
local function join_presence(session, row)
	local join = st.clone(session.presence or row.presence or st.presence());
	join:maptags(function (tag)
		local xmlns = tag.attr.xmlns;
		return xmlns ~= xmlns_delay and xmlns ~= xmlns_muc and tag or nil;
	end);
	local missed = row.last and { seconds = ("%d"):format(math.ceil(now() - row.last) + slack) };
	join:tag("x", { xmlns = xmlns_muc }):tag("history", missed or { maxstanzas = "0" }):up();
	if row.password then join:text_tag("password", row.password); end
	return join:up();
end

-- Sends the join as the session itself would, so that its logging out leaves the room, and blocklists hold.
-- 'sent' is called once nothing holds it back, 'refused' for an error that this server makes right away.
-- Returns whether it was sent.
local function rejoin(session, occupant, row, id, sent, refused)
	local join, was_sent = join_presence(session, row), false;
	join.attr.id, join.attr.from, join.attr.to = id, session.full_jid, occupant;
	local origin = { roomkeeper_sent = function ()
		was_sent, row.opened, row.rejoins = true, now(), (row.rejoins or 0) + 1;
		sent();
	end };
	function origin.send(reply)
		local refuses = st.is_stanza(reply) and reply.attr.type == "error" and reply.attr.id == id;
		if not refuses then return session.send(reply); end
		if was_sent then refused(reply); end
		return true;
	end
	prosody.core_process_stanza(setmetatable(origin, { __index = session, __newindex = session }), join);
	return was_sent;
end

return {
	asked = asked, seen = seen, told = told, is_back = is_back, heard = heard, is_joining = is_joining, rejoin = rejoin,
};
