%%% Sends the presence of a room's occupants to a gateway once, not once for each of its users who is
%%% in the room: an addition to mod_muc.
-module(mod_roomkeeper_gateways).
-behaviour(gen_mod).
-export([start/2, stop/1, reload/3, depends/2, mod_opt_type/1, mod_options/1, mod_doc/0]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, terminate/2]).
-export([heard/3, asked/2, out_up/2, in_known/3, in_features/2, in_up/2, closed/2]).
-include("xmpp.hrl").
-include("mod_muc_room.hrl").
-define(HOOKS, [{muc_filter_presence, heard, 90}, {muc_process_iq, asked, 1},
                {s2s_out_auth_result, out_up, 50}, {s2s_in_auth_result, in_known, 50},
                {s2s_in_post_auth_features, in_features, 50}, {s2s_in_handle_info, in_up, 40},
                {s2s_out_closed, closed, 50}, {s2s_in_closed, closed, 50}]).
-define(MOST_LEFT, 200).

%% Of a gateway's users in a room one, the delegate, gets the presence of all occupants; the others
%% get only what is about themselves. A view is in the dictionary of the room's process, which all
%% that the room sends passes in, as long as the room has users of that gateway.
-record(view, {delegate = none :: ljid() | none,
               users = #{} :: #{ljid() => binary()}, % each one's nick, as the room has told them
               left = [] :: [binary()],              % the nicks that left last, ?MOST_LEFT of them
               leaving = none :: ljid() | none}).    % who has said that it leaves
view(Gateway) -> case get({?MODULE, Gateway}) of undefined -> #view{}; View -> View end.
keep(Gateway, #view{users = Users}) when Users == #{} -> erase({?MODULE, Gateway});
keep(Gateway, View) -> put({?MODULE, Gateway}, View).

start(Host, Opts) -> gen_mod:start_child(?MODULE, Host, Opts).
stop(Host) -> gen_mod:stop_child(?MODULE, Host).
reload(Host, _New, _Old) -> gen_server:cast(gen_mod:get_module_proc(Host, ?MODULE), reload).
depends(_Host, _Opts) -> [{mod_muc, hard}].
mod_opt_type(gateways) -> econf:list(econf:domain()).
mod_options(_Host) -> [{gateways, []}].
mod_doc() -> #{desc => <<"Sends presence from a room to each of these gateways once.">>}.
gateways(Host) -> gen_mod:get_module_opt(Host, ?MODULE, gateways).
is_gateway(Domain, Host) -> lists:member(Domain, gateways(Host)).

%% What a room sends
filter(Host) -> fun(Packet) -> filter(Packet, Host) end.
filter(#presence{type = Type, from = #jid{lserver = Rooms, resource = Nick}, to = #jid{lserver = G} = To} = P, Host)
  when Type == available; Type == unavailable ->
    Sees = Nick == <<>> orelse not is_gateway(G, Host)
        orelse not lists:member(Rooms, gen_mod:get_module_opt_hosts(Host, mod_muc))
        orelse case xmpp:get_subtag(P, #muc_user{}) of
                   #muc_user{} = X -> sees(G, jid:tolower(To), Type, Nick, X);
                   false -> true
               end,
    if Sees -> P; true -> drop end;
filter(Packet, _Host) -> Packet.

sees(G, User, Type, Nick, #muc_user{status_codes = Codes, destroy = Destroy, items = Items}) ->
    Renamed = [New || lists:member(303, Codes), #muc_item{nick = New} <- Items],
    About = lists:member(110, Codes) orelse Destroy /= undefined,
    View = case {About, Type, Renamed} of
               {true, available, _} -> joined(User, Nick, view(G));
               {true, unavailable, [New]} -> joined(User, New, view(G));
               {true, unavailable, []} -> left(G, User, Codes, view(G));
               {false, available, _} -> first(User, view(G));
               {false, unavailable, []} -> leaves(G, Nick, Codes, view(G));
               {false, unavailable, _} -> view(G)
           end,
    Sees = About orelse View#view.delegate == User,
    Gone = Sees andalso not About andalso Type == unavailable,
    keep(G, if Gone -> View#view{left = lists:sublist([Nick | lists:delete(Nick, View#view.left)], ?MOST_LEFT)};
               true -> View end),
    Sees.

joined(User, Nick, #view{delegate = D, users = Users} = View) ->
    View#view{delegate = if D == none -> User; true -> D end, users = Users#{User => Nick}}.
%% The list of occupants, which a user gets before it is told that it is in.
first(User, #view{delegate = none, users = Users} = View) -> View#view{delegate = User, users = Users#{User => <<>>}};
first(_User, View) -> View.
%% The room tells the user itself and the others in no particular order that it leaves: by the first
%% word of it the next delegate takes over, and so is told as well.
left(G, User, Codes, #view{delegate = D, users = Users} = View) ->
    Left = View#view{users = maps:remove(User, Users)},
    Handed = if D == User -> hand_over(G, Codes, maps:keys(Left#view.users), Left); true -> Left end,
    if Handed#view.leaving == User -> Handed#view{leaving = none}; true -> Handed end.
leaves(G, Nick, Codes, #view{delegate = D, users = Users} = View) ->
    case Users of
        #{D := Nick} -> hand_over(G, Codes, [U || {U, N} <- maps:to_list(Users), N /= Nick], View);
        _ -> View
    end.
%% Who neither left by itself nor was put out was removed for an error: what it was sent came back.
hand_over(G, Codes, Others, #view{delegate = D, leaving = Leaving} = View) ->
    Lost = Leaving /= D andalso lists:delete(110, Codes) == [],
    Next = case Others of [User | _] -> User; [] -> none end,
    Lost andalso Next /= none andalso ask(self(), {show, G}),
    View#view{delegate = Next}.

%% What a room hears from a gateway's users: that one leaves; or joins again, as after a restart of
%% the gateway. That one has forgotten the room, and gets the list.
heard(#presence{type = Type, from = #jid{lserver = G} = From} = P, #state{server_host = Host, users = Users}, _Nick) ->
    User = jid:tolower(From),
    case is_gateway(G, Host) andalso maps:is_key(User, Users) of
        true when Type == unavailable -> keep(G, (view(G))#view{leaving = User});
        true when Type == available ->
            xmpp:has_subtag(P, #muc{}) andalso keep(G, (view(G))#view{delegate = User});
        _ -> ok
    end,
    P;
heard(Acc, _State, _Nick) -> Acc.

%% What this module asks a room, in its own process, where the state is true: to find out who is
%% there, and to show a delegate the room as it is, because something sent to the gateway was lost.
%% No such term can come from the network.
ask(Room, Question) -> mod_muc_room:route(Room, #iq{type = get, from = #jid{}, to = #jid{}, sub_els = [{?MODULE, Question}]}).
asked(#iq{sub_els = [{?MODULE, {Question, G}}]}, #state{users = Users} = State) ->
    #view{delegate = D} = View = view(G),
    Here = maps:from_list([{U, Nick} || {{_, S, _} = U, #user{nick = Nick}} <- maps:to_list(Users), S == G]),
    Delegate = case maps:keys(Here) of
                   [] -> none;
                   [First | _] -> case Here of #{D := _} -> D; _ -> First end
               end,
    keep(G, View#view{delegate = Delegate, users = Here}),
    Question == show andalso Delegate /= none andalso show(maps:get(Delegate, Users), View#view.left, State),
    {stop, ignore};
asked(Acc, _State) -> Acc.

show(#user{jid = To, role = Role}, Left, #state{users = Users, nicks = Nicks, config = Config} = State) ->
    Tell = fun(Nick, Presence, Item) ->
                   P = xmpp:set_subtag(Presence, #muc_user{items = [Item]}),
                   ejabberd_router:route(xmpp:set_from_to(P, jid:replace_resource(State#state.jid, Nick), To))
           end,
    [Tell(Nick, #presence{type = unavailable}, #muc_item{affiliation = none, role = none})
     || Nick <- Left, not maps:is_key(Nick, Nicks)],
    SeesJids = Role == moderator orelse not Config#config.anonymous,
    Crowded = maps:size(Users) > mod_muc_opt:max_users_presence(State#state.server_host),
    [Tell(Nick, Presence, #muc_item{affiliation = mod_muc_room:get_affiliation(J, State), role = R,
                                    jid = if SeesJids -> J; true -> undefined end})
     || not Crowded, {Nick, [Session | _] = Sessions} <- maps:to_list(Nicks),
        not lists:member(jid:tolower(To), Sessions),
        #user{jid = J, role = R, last_presence = #presence{} = Presence} <- [maps:get(Session, Users)],
        lists:member(R, Config#config.presence_broadcast)].

%% One process per host watches the streams to gateways, local components too. When one has broken,
%% what was on its way is lost: the delegates are shown their rooms as soon as there is a stream again.
%% State: {Host, filter, [{Pid, Gateway}] of streams that are up, gateways whose stream broke}.
init([Host | _]) ->
    process_flag(trap_exit, true),
    Filter = filter(Host),
    [ejabberd_hooks:add(Hook, Host, ?MODULE, F, Seq) || {Hook, F, Seq} <- ?HOOKS],
    [ejabberd_hooks:add(Hook, F, 50) || {Hook, F} <- global_hooks(self(), Filter)],
    [ask_all(Host, {list, G}) || G <- gateways(Host)],
    {ok, {Host, Filter, [], []}}.
terminate(_Reason, {Host, Filter, _, _}) ->
    [ejabberd_hooks:delete(Hook, Host, ?MODULE, F, Seq) || {Hook, F, Seq} <- ?HOOKS],
    [ejabberd_hooks:delete(Hook, F, 50) || {Hook, F} <- global_hooks(self(), Filter)].
global_hooks(Pid, Filter) -> [{filter_packet, Filter},
                              {route_registered, fun(D) -> gen_server:cast(Pid, {up, component, D}) end},
                              {route_unregistered, fun(D) -> gen_server:cast(Pid, {broken, D}) end}].
handle_call(_Request, _From, S) -> {reply, ok, S}.
handle_cast(reload, {Host, _, _, _} = S) -> [ask_all(Host, {list, G}) || G <- gateways(Host)], {noreply, S};
handle_cast({up, Pid, G}, {Host, Filter, Streams, Broken} = S) ->
    case is_gateway(G, Host) of
        true ->
            is_pid(Pid) andalso monitor(process, Pid), % a stream may be killed, without a hook
            lists:member(G, Broken) andalso ask_all(Host, {show, G}),
            {noreply, {Host, Filter, [{Pid, G} || is_pid(Pid)] ++ Streams, lists:delete(G, Broken)}};
        false -> {noreply, S}
    end;
handle_cast({closed, Pid}, {Host, Filter, Streams, Broken}) ->
    {noreply, {Host, Filter, [Stream || {P, _} = Stream <- Streams, P /= Pid], Broken}};
handle_cast({broken, G}, {Host, Filter, Streams, Broken} = S) ->
    case is_gateway(G, Host) of
        true -> {noreply, {Host, Filter, Streams, lists:usort([G | Broken])}};
        false -> {noreply, S}
    end.
handle_info({'DOWN', _, process, Pid, _}, {_, _, Streams, _} = S) ->
    {noreply, After} = handle_cast({closed, Pid}, S),
    {noreply, lists:foldl(fun(G, Acc) -> element(2, handle_cast({broken, G}, Acc)) end, After,
                          [G || {P, G} <- Streams, P == Pid])};
handle_info(_Info, S) -> {noreply, S}.
ask_all(Host, Question) ->
    [ask(Pid, Question) || Rooms <- gen_mod:get_module_opt_hosts(Host, mod_muc), {_, _, Pid} <- mod_muc:get_online_rooms(Rooms)].

out_up(#{server_host := H, remote_server := D} = S, Ok) -> Ok == true andalso cast(H, {up, self(), D}), S.
%% The other end of a stream for both directions authenticates and then opens it anew. What it was sent
%% before that would be no part of any stream, and it would close the connection: so each stream asks
%% itself, now and after its new features, whether it is open.
in_known(S, true, D) -> self() ! {?MODULE, up}, S#{?MODULE => [D | maps:get(?MODULE, S, [])]};
in_known(S, _, _D) -> S.
in_features(Features, _Host) -> self() ! {?MODULE, up}, Features.
in_up(#{?MODULE := Domains, stream_state := established, server_host := H} = S, {?MODULE, up}) ->
    [cast(H, {up, self(), D}) || D <- Domains],
    {stop, maps:remove(?MODULE, S)};
in_up(S, {?MODULE, up}) -> {stop, S};
in_up(S, _Info) -> S.
closed(#{server_host := H} = S, Why) -> is_clean(Why) andalso cast(H, {closed, self()}), S.
is_clean({stream, {_, #stream_error{reason = Reason}}}) -> Reason == 'connection-timeout';
is_clean(Why) -> Why == {stream, reset}.
cast(Host, Msg) -> gen_server:cast(gen_mod:get_module_proc(Host, ?MODULE), Msg).
