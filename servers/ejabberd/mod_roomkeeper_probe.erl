%%% Finds out for Roomkeeper whether a domain can be reached: the host itself pings it, over the link
%%% that its users need. After a failed attempt ejabberd bounces all that is sent to a domain for up
%%% to s2s_max_retry_delay, also when the domain is back. So before and after a probe that failed
%%% the host's own bouncing connection to that domain, and nothing else, is taken out of service.
-module(mod_roomkeeper_probe).
-export([start/3, release/4]).
-include("xmpp.hrl").
-define(PATIENCE, 10000). % milliseconds
-define(LINGER, 1000).

%% @doc Answers probe Id within 10 seconds.
start(Host, Id, Domain) ->
    spawn(fun() ->
        Reached = try reaches(Host, jid:nameprep(Domain), now_ms() + ?PATIENCE) catch _:_ -> false end,
        mod_roomkeeper:news(Host, {tell, mod_roomkeeper:el(probed, [{id, Id}, {reached, Reached}])})
    end).

reaches(Host, Domain, Deadline) when is_binary(Domain) ->
    Pair = {Host, Domain},
    is_up(Pair, Deadline),
    Ping = #iq{type = get, from = jid:make(Host), to = jid:make(Domain), sub_els = [#ping{}]},
    ejabberd_router:route_iq(Ping, ping, self(), max(Deadline - now_ms(), 1)),
    receive
        {iq_reply, #iq{type = result}, ping} -> true;
        %% By the domain, or in its name by this server. The condition does not tell: a server whose
        %% component is dead answers remote-server-timeout too.
        {iq_reply, #iq{type = error}, ping} -> ejabberd_router:is_my_route(Domain) orelse is_up(Pair, Deadline);
        {iq_reply, timeout, ping} -> is_up(Pair, 0), false
    end.

%% Whether there is a connection that stanzas get through; takes those that bounce out of service.
is_up(Pair, Deadline) ->
    lists:member(up, [ask(Pid, Pair, Deadline) || Pid <- ejabberd_s2s:get_connections_pids(Pair), node(Pid) == node()]).
ask(Pid, Pair, Deadline) ->
    Ref = monitor(process, Pid),
    ejabberd_s2s_out:update_state(Pid, {?MODULE, release, [Pair, self(), Ref]}),
    receive {Ref, State} -> demonitor(Ref, [flush]), State; {'DOWN', Ref, _, _, _} -> down
    after max(Deadline - now_ms(), 0) -> demonitor(Ref, [flush]), connecting
    end.

%% @doc In the process of a connection: ends it if it bounces. Its row goes first, so that the next
%% stanza makes a connection of its own; what was under way to this one is still bounced by it.
release(#{on_route := bounce} = S, Pair, Asker, Ref) ->
    mnesia:dirty_delete_object({s2s, Pair, self()}),
    Asker ! {Ref, bouncing},
    xmpp_stream_out:set_timeout(S, ?LINGER);
release(S, _Pair, Asker, Ref) ->
    Asker ! {Ref, case S of #{on_route := queue} -> connecting; _ -> up end}, S.

now_ms() -> erlang:monotonic_time(millisecond).
