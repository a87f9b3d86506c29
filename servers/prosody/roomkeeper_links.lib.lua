-- Tells the component when a link to another server is made or lost, and finds out whether a domain
-- answers. Part of mod_roomkeeper.
local st, jid = require "util.stanza", require "util.jid";
local now, cache = require "util.time".now, require "util.cache";
local hosts = prosody.hosts;
local s2s_sessions = module:shared("/*/s2s/sessions"); -- connection -> session, while it is connected
local probe_timeout, news_interval = 10, 30; -- seconds

-- Whether an error was made by a server that could not deliver: not-found or timeout.
local function is_unreached(stanza)
	return (select(2, stanza:get_error()) or ""):find("^remote%-server%-") ~= nil;
end

local function watch(component, tell, is_answer)
	local told = cache.new(1000); -- domain -> when the component was told that it is unreachable
	local function is_news(stanza)
		local domain = jid.host(stanza.attr.from);
		local news = is_unreached(stanza) and now() - (told:get(domain) or 0) > news_interval;
		if news then told:set(domain, now()); end
		return news;
	end

	local function report(domain, direction, up, clean)
		if up then told:set(domain, nil); end
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
	local function watch_host(name) -- rooms of this server itself: their link is the MUC service or component being there
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
	for name in pairs(hosts) do watch_host(name); end
	module:hook_global("host-activated", watch_host, 1);

	local function snapshot() -- all links that are up
		told:clear();
		for _, session in pairs(s2s_sessions) do
			local open = session.type == "s2sout" or session.type == "s2sin";
			if open and session.host == module.host then report_stream(session, true); end
		end
		for name, there in pairs(hosts) do
			local up = there.modules.muc or (there.modules.component and there.modules.component.connected);
			if up and name ~= component then report(name, "out", true); end
		end
	end

	-- The host itself pings a domain, over the link that its users need. An error is an answer too, but not one
	-- that this server made, nor one that says that a third could not be reached.
	local probes = {}; -- id -> domain
	local function probed(id, reached)
		if probes[id] then tell("probed", { id = id, reached = reached and "true" or "false" }); end
		probes[id] = nil;
	end
	local function probe(request)
		local id, domain = request.id, jid.prep(request.domain);
		probes[id] = domain or "";
		if not domain then return probed(id, false); end
		module:add_timer(probe_timeout, function () probed(id, false); end);
		local ping = st.iq({ type = "get", id = id, from = module.host, to = domain });
		module:send(ping:tag("ping", { xmlns = "urn:xmpp:ping" }));
	end
	module:hook("iq/host", function (event)
		local origin, stanza, attr = event.origin, event.stanza, event.stanza.attr;
		if not is_answer(attr) then return; end
		if probes[attr.id] == attr.from then
			local is_theirs = hosts[attr.from] or (origin.type == "s2sin" or origin.type == "s2sout") and not origin.dummy;
			local undelivered = is_unreached(stanza) or select(2, stanza:get_error()) == "recipient-unavailable";
			probed(attr.id, attr.type == "result" or is_theirs and not undelivered);
		end
		return true; -- also if it is late
	end, 100);
	return { is_unreached = is_unreached, is_news = is_news, snapshot = snapshot, probe = probe };
end

return { watch = watch };
