%%% Tells Roomkeeper, an external component, what it must know about the users of a virtual host:
%%% the state of s2s links, who is in which room, which sessions ended, what its pings brought; and
%%% does what it asks for. What a session knows of its rooms is in mod_roomkeeper_rooms.
-module(mod_roomkeeper).
-behaviour(gen_mod).
-export([start/2, stop/1, reload/3, depends/2, mod_opt_type/1, mod_options/1, mod_doc/0]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, terminate/2]).
-export([out_up/2, in_up/3, closed/2, request/1]).
-export([news/2, el/2, is_answer/2, rejoins/1, max_rooms/1, leavers_after/1, session/1]).
-include("xmpp.hrl").
-define(NS, <<"urn:x-roomkeeper:link:0">>).
-define(MAX_COPY, 65536). % bytes
-define(ROOMS, mod_roomkeeper_rooms).
%% A resumed XEP-0198 session halts c2s_terminated at 50, so at 110 only a real end is seen.
-define(HOOKS, [{s2s_out_auth_result, ?MODULE, out_up, 50}, {s2s_in_auth_result, ?MODULE, in_up, 50},
                {s2s_out_closed, ?MODULE, closed, 50}, {s2s_in_closed, ?MODULE, closed, 50},
                {local_send_to_resource_hook, ?MODULE, request, 50},
                {c2s_session_opened, ?ROOMS, opened, 50}, {c2s_copy_session, ?ROOMS, resumed, 50},
                {c2s_terminated, ?ROOMS, ended, 110}, {c2s_handle_info, ?ROOMS, asked, 40},
                {user_send_packet, ?ROOMS, sent, 90}, {user_receive_packet, ?ROOMS, received, 10}]).
%% A domain that can't be reached is told of once in this time, in seconds.
-define(UNREACHABLE, 30).

start(Host, Opts) -> gen_mod:start_child(?MODULE, Host, Opts).
stop(Host) -> gen_mod:stop_child(?MODULE, Host).
reload(_Host, _New, _Old) -> ok.
depends(_Host, _Opts) -> [].
mod_opt_type(component) -> econf:domain();
mod_opt_type(max_rooms) -> econf:pos_int();
mod_opt_type(leavers_after) -> econf:timeout(second).
mod_options(_Host) -> [component, {max_rooms, 1000}, {leavers_after, timer:seconds(90)}].
mod_doc() -> #{desc => <<"Tells the Roomkeeper component of links, joins and sessions.">>}.

%% One process for each host says it all, in one order, and alone writes its table:
%% {{User, Room}, Nick} for each join, {prefixes, [P]} of this component process and of the last, and
%% {rejoins, Whether} this one brings users back.
-record(state, {host, links = [] :: [{pid(), {in | out, binary()}}], % that are up
                unreachable = #{} :: #{binary() => integer()}}).      % when the component was told

init([Host | _]) ->
    process_flag(trap_exit, true),
    ets:new(process(Host), [named_table, ordered_set, {read_concurrency, true}]),
    ets:insert(process(Host), [{prefixes, []}, {rejoins, false}]),
    [ejabberd_hooks:add(Hook, Host, Module, F, Seq) || {Hook, Module, F, Seq} <- ?HOOKS],
    [ejabberd_hooks:add(Hook, F, 50) || {Hook, F} <- route_hooks(self())],
    tell(Host, greeting()),
    {ok, #state{host = Host}}.
terminate(_Reason, #state{host = Host}) ->
    [ejabberd_hooks:delete(Hook, Host, Module, F, Seq) || {Hook, Module, F, Seq} <- ?HOOKS],
    [ejabberd_hooks:delete(Hook, F, 50) || {Hook, F} <- route_hooks(self())].
route_hooks(Pid) -> [{route_registered, fun(D) -> Pid ! {route, D, up} end},
                     {route_unregistered, fun(D) -> Pid ! {route, D, down} end}].
handle_call(_Request, _From, S) -> {reply, ok, S}.

%% News of sessions: a join, a leave, another stanza to copy, a session's beginning and end.
handle_cast({in, User, Room, Nick, Copy}, #state{host = H} = S) ->
    ets:insert(process(H), {{User, Room}, Nick}), copy(H, Copy), {noreply, S};
handle_cast({out, User, Room, Copy}, #state{host = H} = S) ->
    ets:delete(process(H), {User, Room}), copy(H, Copy), {noreply, S};
handle_cast({copy, Copy}, #state{host = H} = S) -> copy(H, Copy), {noreply, S};
handle_cast({tell, El}, #state{host = H} = S) -> tell(H, El), {noreply, S};
handle_cast({opened, User}, #state{host = H} = S) -> forget(H, User), {noreply, S};
handle_cast({ended, User, JID, Pid}, #state{host = H} = S) ->
    Now = session(JID), % another one with the same resource may have taken its place
    (Now == none orelse Now == Pid) andalso forget(H, User), {noreply, S};
handle_cast({unreachable, D, Copy}, #state{host = H, unreachable = Told} = S) ->
    Now = erlang:monotonic_time(second),
    case Told of
        #{D := At} when Now - At < ?UNREACHABLE -> {noreply, S};
        _ -> copy(H, Copy), {noreply, S#state{unreachable = (if map_size(Told) < 1000 -> Told; true -> #{} end)#{D => Now}}}
    end;
%% Links
handle_cast({up, Pid, {_, D} = Link}, #state{host = H, links = Links, unreachable = Told} = S) ->
    monitor(process, Pid), % stop_s2s_connections kills it, without a hook
    tell(H, link(Link, up, false)),
    {noreply, S#state{links = ordsets:add_element({Pid, Link}, Links), unreachable = maps:remove(D, Told)}};
handle_cast({closed, Pid, Clean}, #state{host = H, links = Links} = S) ->
    {Gone, Left} = lists:partition(fun({P, _}) -> P == Pid end, Links),
    [tell(H, link(Link, down, Clean)) || {_, Link} <- Gone],
    {noreply, S#state{links = Left}};
%% Requests of the component
handle_cast({hello, Prefix, Rejoins}, #state{host = H, links = Links} = S) ->
    [{_, Before}] = ets:lookup(process(H), prefixes),
    ets:insert(process(H), [{prefixes, [Prefix | lists:sublist(lists:delete(Prefix, Before), 1)]}, {rejoins, Rejoins}]),
    Joins = [el(joined, [{user, U}, {room, R}, {nick, N}])
             || [U, R, N] <- ets:match(process(H), {{'$1', '$2'}, '$3'})],
    Services = [{out, D} || D <- ejabberd_router:get_all_routes(), is_service(D, H)],
    Up = [link(Link, up, false) || Link <- lists:usort(Services ++ [Link || {_, Link} <- Links])],
    [tell(H, El) || El <- [greeting()] ++ Joins ++ Up ++ [el(synced, [])]],
    {noreply, S#state{unreachable = #{}}};
handle_cast({Request, Id, El}, #state{host = H} = S) ->
    [{_, Prefixes}] = ets:lookup(process(H), prefixes),
    begins(Id, lists:sublist(Prefixes, 1)) andalso serve(Request, H, Id, El), {noreply, S}.
handle_info({'DOWN', _, process, Pid, _}, S) -> handle_cast({closed, Pid, false}, S);
handle_info({route, D, State}, #state{host = H} = S) ->
    is_service(D, H) andalso tell(H, link({out, D}, State, false)), {noreply, S};
handle_info(_, S) -> {noreply, S}.

serve(probe, H, Id, El) -> mod_roomkeeper_probe:start(H, Id, fxml:get_tag_attr_s(<<"domain">>, El));
serve(rejoin, H, Id, El) ->
    [User, Room] = [catch jid:decode(fxml:get_tag_attr_s(A, El)) || A <- [<<"user">>, <<"room">>]],
    case is_record(User, jid) andalso is_record(Room, jid) andalso session(User) of
        Pid when is_pid(Pid) -> ejabberd_c2s:route(Pid, ?ROOMS:rejoin(Id, Room));
        _ -> tell(H, el(norejoin, [{id, Id}, {reason, ended}]))
    end.
%% @doc The process whose word counts for a full JID, or none.
session(#jid{luser = U, lserver = S, lresource = R}) -> ejabberd_sm:get_session_pid(U, S, R).
forget(H, User) -> % a session without a join has no end to tell of
    ets:select_delete(process(H), [{{{User, '_'}, '_'}, [], [true]}]) > 0 andalso tell(H, el(ended, [{user, User}])).
is_service(Domain, Host) -> not ejabberd_router:is_my_host(Domain) andalso Domain /= component(Host).
%% What a stranger makes larger would end the component's stream.
copy(H, Pkt) -> erlang:external_size(Pkt) =< ?MAX_COPY andalso tell(H, #forwarded{sub_els = [Pkt]}).
%% While the component is away nothing is sent: ejabberd would try s2s to its name.
tell(H, El) ->
    To = component(H),
    ejabberd_router:is_my_route(To) andalso
        ejabberd_router:route(#message{from = jid:make(H), to = jid:make(To), sub_els = [El]}).

%% Hooks of links. Those of other names of the host (its services) have no process here.
out_up(#{server := H, remote_server := D} = S, Ok) -> Ok == true andalso news(H, {up, self(), {out, D}}), S.
in_up(#{lserver := H} = S, Ok, D) -> Ok andalso news(H, {up, self(), {in, D}}), S.
closed(#{server_host := H} = S, Why) -> news(H, {closed, self(), is_clean(Why)}), S.
is_clean({stream, {_, #stream_error{reason = Reason}}}) -> Reason == 'connection-timeout';
is_clean(Why) -> Why == {stream, reset}.

%% What the component says to the host itself; anybody else's words are none.
request(#message{from = #jid{luser = <<>>, lserver = C}, to = #jid{lserver = H}} = Pkt) ->
    Said = [El || C == component(H), El <- xmpp:get_els(Pkt), xmpp:get_ns(El) == ?NS],
    [case {Name, fxml:get_tag_attr_s(<<"id">>, El), fxml:get_tag_attr_s(<<"prefix">>, El)} of
         {<<"hello">>, _, Prefix} when byte_size(Prefix) > 7 ->
             news(H, {hello, Prefix, fxml:get_tag_attr_s(<<"rejoins">>, El) == <<"true">>});
         {<<"rejoin">>, Id, _} -> news(H, {rejoin, Id, El});
         {<<"probe">>, Id, _} -> news(H, {probe, Id, El});
         _ -> ok
     end || #xmlel{name = Name} = El <- Said],
    if Said == [] -> ok; true -> stop end;
request(_) -> ok.

%% @doc Hands news to the process of a host.
news(Host, News) -> gen_server:cast(process(Host), News).
%% @doc Whether an id is that of an answer to the component: begins with a prefix that it told of.
is_answer(Host, Id) -> [{_, Prefixes}] = ets:lookup(process(Host), prefixes), begins(Id, Prefixes).
begins(Id, Prefixes) -> lists:any(fun(P) -> binary:longest_common_prefix([Id, P]) == byte_size(P) end, Prefixes).
%% @doc Whether users who are put out are brought back: the component is there and does so.
rejoins(Host) -> ets:lookup_element(process(Host), rejoins, 2) andalso ejabberd_router:is_my_route(component(Host)).
%% @doc In how many rooms at most one session is watched.
max_rooms(Host) -> gen_mod:get_module_opt(Host, ?MODULE, max_rooms).
%% @doc How long after a rejoin a session hears who left meanwhile, in milliseconds.
leavers_after(Host) -> gen_mod:get_module_opt(Host, ?MODULE, leavers_after).
process(Host) -> gen_mod:get_module_proc(Host, ?MODULE).
component(Host) -> gen_mod:get_module_opt(Host, ?MODULE, component).
greeting() ->
    Boot = erlang:phash2({whereis(ejabberd_sm), erlang:system_info(start_time) + erlang:time_offset()}, 1 bsl 32),
    el(hello, [{version, '2'}, {software, ejabberd}, {boot, integer_to_binary(Boot)}]).
link({Direction, D}, State, Clean) ->
    el(link, [{domain, D}, {state, State}, {direction, Direction} | [{clean, true} || Clean]]).
%% @doc An element of the vocabulary.
el(Name, Attrs) -> #xmlel{name = bin(Name), attrs = [{<<"xmlns">>, ?NS} | [{bin(K), bin(V)} || {K, V} <- Attrs]]}.
bin(Value) -> if is_atom(Value) -> atom_to_binary(Value); true -> Value end.
