%%% Tells Roomkeeper, an external component, what it must know about the users of a virtual host:
%%% the state of s2s links, who is in which room, which sessions ended, what its pings brought.
-module(mod_roomkeeper).
-behaviour(gen_mod).
-export([start/2, stop/1, reload/3, depends/2, mod_opt_type/1, mod_options/1, mod_doc/0]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, terminate/2]).
-export([out_up/2, in_up/3, closed/2, hello/1, sent/1, received/1, ended/2]).
-include("xmpp.hrl").
-define(NS, <<"urn:x-roomkeeper:link:0">>).
%% A resumed XEP-0198 session halts c2s_terminated at 50, so at 110 only a real end is seen.
-define(HOOKS, [{s2s_out_auth_result, out_up, 50}, {s2s_in_auth_result, in_up, 50},
                {s2s_out_closed, closed, 50}, {s2s_in_closed, closed, 50}, {c2s_terminated, ended, 110},
                {user_send_packet, sent, 90}, {user_receive_packet, received, 10},
                {local_send_to_resource_hook, hello, 50}]).

start(Host, Opts) -> gen_mod:start_child(?MODULE, Host, Opts).
stop(Host) -> gen_mod:stop_child(?MODULE, Host).
reload(_Host, _New, _Old) -> ok.
depends(_Host, _Opts) -> [].
mod_opt_type(component) -> econf:domain().
mod_options(_Host) -> [component].
mod_doc() -> #{desc => <<"Tells the Roomkeeper component of links, joins and sessions.">>}.

%% One process per host sends it all, in one order. State: {Host, [{Pid, Link}]} of the links that are up.
%% Its table: {{User, Room}, Nick} for each join, and {prefix, P}.
init([Host | _]) ->
    process_flag(trap_exit, true),
    ets:new(proc(Host), [named_table, public, ordered_set, {read_concurrency, true}]),
    [ejabberd_hooks:add(Hook, Host, ?MODULE, F, Seq) || {Hook, F, Seq} <- ?HOOKS],
    [ejabberd_hooks:add(Hook, F, 50) || {Hook, F} <- route_hooks(self())],
    tell(Host, greeting()),
    {ok, {Host, []}}.
terminate(_Reason, {Host, _}) ->
    [ejabberd_hooks:delete(Hook, Host, ?MODULE, F, Seq) || {Hook, F, Seq} <- ?HOOKS],
    [ejabberd_hooks:delete(Hook, F, 50) || {Hook, F} <- route_hooks(self())].
route_hooks(Pid) -> [{route_registered, fun(D) -> Pid ! {route, D, up} end},
                     {route_unregistered, fun(D) -> Pid ! {route, D, down} end}].
handle_call(_Request, _From, S) -> {reply, ok, S}.
handle_cast({tell, El}, {Host, _} = S) -> tell(Host, El), {noreply, S};
handle_cast({up, Pid, Link}, {Host, Links}) ->
    monitor(process, Pid), % stop_s2s_connections kills it, without a hook
    tell(Host, link(Link, up, false)),
    {noreply, {Host, ordsets:add_element({Pid, Link}, Links)}};
handle_cast({closed, Pid, Clean}, {Host, Links}) ->
    {Gone, Left} = lists:partition(fun({P, _}) -> P == Pid end, Links),
    [tell(Host, link(Link, down, Clean)) || {_, Link} <- Gone],
    {noreply, {Host, Left}};
handle_cast({hello, Prefix}, {Host, Links} = S) ->
    ets:insert(proc(Host), {prefix, Prefix}),
    Joins = [el(joined, [{user, U}, {room, R}, {nick, N}]) || [U, R, N] <- ets:match(proc(Host), {{'$1', '$2'}, '$3'})],
    Services = [{out, D} || D <- ejabberd_router:get_all_routes(), is_service(D, Host)],
    Up = [link(Link, up, false) || Link <- lists:usort(Services ++ [Link || {_, Link} <- Links])],
    [tell(Host, El) || El <- [greeting()] ++ Joins ++ Up ++ [el(synced, [])]],
    {noreply, S}.
handle_info({'DOWN', _, process, Pid, _}, S) -> handle_cast({closed, Pid, false}, S);
handle_info({route, D, State}, {Host, _} = S) ->
    is_service(D, Host) andalso tell(Host, link({out, D}, State, false)), {noreply, S}.
is_service(Domain, Host) -> not ejabberd_router:is_my_host(Domain) andalso Domain /= component(Host).
%% While the component is away nothing is sent: ejabberd would try s2s to its name.
tell(Host, El) ->
    To = component(Host),
    ejabberd_router:is_my_route(To) andalso
        ejabberd_router:route(#message{from = jid:make(Host), to = jid:make(To), sub_els = [El]}).

%% Links. Those of other names of the host (the component's probes, its services) have no process here.
out_up(#{server := H, remote_server := D} = S, Ok) -> Ok == true andalso cast(H, {up, self(), {out, D}}), S.
in_up(#{lserver := H} = S, Ok, D) -> Ok andalso cast(H, {up, self(), {in, D}}), S.
closed(#{server_host := H} = S, Why) -> cast(H, {closed, self(), is_clean(Why)}), S.
is_clean({stream, {_, #stream_error{reason = Reason}}}) -> Reason == 'connection-timeout';
is_clean(Why) -> Why == {stream, reset}.

%% Stanzas
hello(Pkt) ->
    Said = [{H, fxml:get_tag_attr_s(<<"prefix">>, E)} ||
               #message{from = #jid{luser = <<>>, lserver = C}, to = #jid{lserver = H}} <- [Pkt], C == component(H),
               E <- xmpp:get_els(Pkt), fxml:get_tag_attr_s(<<"xmlns">>, E) == ?NS],
    [cast(H, {hello, Prefix}) || {H, Prefix} <- Said, byte_size(Prefix) > 7],
    if Said == [] -> ok; true -> stop end.
ended(#{lserver := H} = S, _Reason) -> [forget(H, User) || #{sid := _, jid := User} <- [S]], S.
forget(H, User) ->
    ets:match_delete(proc(H), {{key(User), '_'}, '_'}), cast(H, {tell, el(ended, [{user, key(User)}])}).
sent({#presence{type = unavailable, from = #jid{luser = U, lserver = H} = User,
                to = #jid{luser = U, lserver = H, lresource = <<>>}}, _} = Acc) -> forget(H, User), Acc;
sent({#presence{type = T, from = User, to = #jid{resource = Nick} = To} = P, #{lserver := H}} = Acc) ->
    Known = nick(H, User, To),
    Leaves = T == unavailable andalso ets:delete(proc(H), row(User, To)),
    Known /= none andalso (Leaves orelse T == available andalso Nick /= <<>> andalso Nick /= Known) andalso copy(H, P),
    Acc;
sent(Acc) -> Acc.
received({#iq{type = get, from = F, to = User} = IQ, #{lserver := H}} = Acc) ->
    nick(H, User, F) == F#jid.resource andalso xmpp:has_subtag(IQ, #ping{}) andalso copy(H, IQ), Acc;
received({#presence{type = T, from = F, to = User} = P, #{lserver := H}} = Acc) when T /= error ->
    [set_join(H, row(User, F), [F#jid.resource || T == available]
                   ++ [Nick || lists:member(303, Codes), #muc_item{nick = Nick} <- Items]) andalso copy(H, P)
     || #muc_user{status_codes = Codes, items = Items, destroy = D} <- [xmpp:get_subtag(P, #muc_user{})],
        lists:member(110, Codes) orelse D /= undefined], Acc;
received({Pkt, #{lserver := H} = S} = Acc) ->
    case is_record(Pkt, iq) andalso ets:lookup(proc(H), prefix) of
        [{_, P}] when binary_part(Pkt#iq.id, 0, byte_size(P)) == P -> copy(H, Pkt), {stop, {drop, S}};
        _ -> xmpp:get_type(Pkt) == error andalso is_news(Pkt, xmpp:get_error(Pkt)) andalso copy(H, Pkt), Acc
    end.
is_news(#presence{from = #jid{lresource = Nick}}, _) -> Nick /= <<>>;
is_news(_, #stanza_error{reason = R}) -> R == 'remote-server-not-found' orelse R == 'remote-server-timeout';
is_news(_, _) -> false.
set_join(H, Row, [Nick | _]) -> ets:insert(proc(H), {Row, Nick});
set_join(H, Row, []) -> ets:delete(proc(H), Row).
nick(H, User, Room) -> case ets:lookup(proc(H), row(User, Room)) of [{_, N}] -> N; [] -> none end.
row(User, Room) -> {key(User), key(jid:remove_resource(Room))}.
key(JID) -> jid:encode(jid:tolower(JID)).
copy(H, Pkt) -> cast(H, {tell, #forwarded{sub_els = [Pkt]}}).
cast(Host, Msg) -> gen_server:cast(proc(Host), Msg).
proc(Host) -> gen_mod:get_module_proc(Host, ?MODULE).
component(Host) -> gen_mod:get_module_opt(Host, ?MODULE, component).
greeting() ->
    Boot = erlang:phash2({whereis(ejabberd_sm), erlang:system_info(start_time) + erlang:time_offset()}, 1 bsl 32),
    el(hello, [{version, '1'}, {software, ejabberd}, {boot, integer_to_binary(Boot)}]).
link({Direction, D}, State, Clean) ->
    el(link, [{domain, D}, {state, State}, {direction, Direction} | [{clean, true} || Clean]]).
el(Name, Attrs) -> #xmlel{name = bin(Name), attrs = [{<<"xmlns">>, ?NS} | [{bin(K), bin(V)} || {K, V} <- Attrs]]}.
bin(Value) -> if is_atom(Value) -> atom_to_binary(Value); true -> Value end.
