%%% The rooms of one session: where the user is, by what the user sends and gets. All of it runs in the
%%% session's process and is kept in its state, so that it ends with the session, and outlasts its
%%% hibernation and resumption (XEP-0198). How the user is brought back is in mod_roomkeeper_rejoin.
-module(mod_roomkeeper_rooms).
-export([opened/1, resumed/2, ended/2, sent/1, received/1, rejoin/2, asked/2]).
-include("xmpp.hrl").
%% State: roomkeeper => #{{Local, Domain} => #room{}}, a room only after the user sent it an available presence.
-record(room, {nick,          % the one that the room gave; undefined while the user is not in
               pending = 0,   % until when the answer to a join of the user's own is waited for, in ms
               held = 0,      % when a removal was last held back, in ms
               back}).        % what it takes to bring the user back
-define(WAIT, 60000).

%% The session's beginning and end, and its state's way to another process.
opened(#{lserver := H, jid := JID} = S) -> mod_roomkeeper:news(H, {opened, key(JID)}), S.
resumed(#{lserver := H} = S, #{roomkeeper := Rooms}) ->
    [watch_leavers(jid:make(U, D), B, H) || {{U, D}, #room{back = B}} <- maps:to_list(Rooms)],
    S#{roomkeeper => Rooms};
resumed(S, _Old) -> S.
ended(#{sid := _, lserver := H, jid := JID, roomkeeper := _} = S, _Reason) ->
    mod_roomkeeper:news(H, {ended, key(JID), JID, self()}), S;
ended(S, _Reason) -> S.

%% What the user sends
sent({#presence{type = unavailable, to = #jid{luser = U, lserver = H, lresource = <<>>}} = P,
      #{roomkeeper := _, jid := #jid{luser = U, lserver = H}} = S}) ->
    ended(S, unavailable), {P, maps:remove(roomkeeper, S)};
sent({#presence{type = unavailable, to = #jid{resource = Nick} = To} = P, #{roomkeeper := _} = S}) when Nick /= <<>> ->
    case room(To, S) of % a self-presence that comes after this is late, and finds no room
        #room{nick = In} when In /= undefined -> is_out(P, To, S);
        _ -> ok
    end, {P, remove(To, S)};
sent({#presence{type = available, to = #jid{luser = U, resource = Nick} = To} = P, S}) when U /= <<>>, Nick /= <<>> ->
    case room(To, S) of
        none -> {P, add(To, wants(P, #room{back = mod_roomkeeper_rejoin:new()}, S), S)};
        R -> {P, put(To, wants(P, R, S), S)}
    end;
sent(Acc) -> Acc.
add(To, R, #{lserver := H} = S) ->
    Max = mod_roomkeeper:max_rooms(H),
    Now = now_ms(),
    Rooms = case rooms(S) of % who is not in makes place
                Full when map_size(Full) >= Max ->
                    maps:filter(fun(_, #room{nick = Nick, pending = T}) -> Nick /= undefined orelse T > Now end, Full);
                Few -> Few
            end,
    if map_size(Rooms) < Max -> put(To, R, S#{roomkeeper => Rooms}); true -> S end.
wants(#presence{to = #jid{resource = Nick}} = P, #room{nick = Now, back = B} = R, #{lserver := H} = S) ->
    Now == undefined orelse Now == Nick orelse copy(H, bare(P, [])),
    Muc = xmpp:get_subtag(P, #muc{}),
    Pending = if Muc == false, Now == Nick -> R#room.pending; true -> now_ms() + ?WAIT end,
    R#room{pending = Pending, back = mod_roomkeeper_rejoin:joins(P, Muc, B, S)}.

%% What the user gets
received({#presence{type = error, id = Id, from = From} = P, #{lserver := H} = S} = Acc) ->
    R = room(From, S),
    Answers = mod_roomkeeper:is_answer(H, Id) orelse % a gateway to IRC names no id
              Id == <<>> andalso R /= none andalso mod_roomkeeper_rejoin:is_open(R#room.back),
    (Answers orelse R /= none) andalso copy(H, stripped(P)),
    case R of
        none when Answers -> {stop, {drop, S}};
        none -> Acc;
        #room{back = B} when Answers -> {stop, {drop, put(From, R#room{back = mod_roomkeeper_rejoin:failed(B)}, S)}};
        #room{nick = undefined} -> {P, remove(From, S)};
        #room{} -> {P, put(From, R#room{pending = 0}, S)}
    end;
received({#presence{type = T, from = From} = P, #{roomkeeper := _} = S} = Acc) when T == available; T == unavailable ->
    case room(From, S) of
        none -> Acc;
        #room{back = B} = R0 ->
            R = R0#room{back = mod_roomkeeper_rejoin:heard(B)},
            case is_to(P, S) andalso lists:any(fun is_own/1, xmpp:get_els(P)) andalso xmpp:get_subtag(P, #muc_user{}) of
                #muc_user{} = X ->
                    case is_held_back(P, X, R, S) of
                        true -> dropped(From, S), {stop, {drop, put(From, R#room{held = now_ms()}, S)}};
                        false -> {P, placed(P, X, R, S)}
                    end;
                false -> {P, put(From, R#room{back = told(P, R, S)}, S)}
            end
    end;
received({#message{type = groupchat, from = From} = M, #{roomkeeper := _} = S} = Acc) ->
    case room(From, S) of
        none -> Acc;
        #room{back = B} = R ->
            case mod_roomkeeper_rejoin:said(M, B) of
                {known, Back} -> {stop, {drop, put(From, R#room{back = Back}, S)}};
                Back -> {M, put(From, R#room{back = Back}, S)}
            end
    end;
received({#iq{type = get, from = From} = IQ, #{roomkeeper := _, lserver := H} = S} = Acc) ->
    case room(From, S) of % did the user's own occupant send it on?
        #room{nick = Nick} when Nick == From#jid.resource -> xmpp:has_subtag(IQ, #ping{}) andalso copy(H, IQ);
        _ -> ok
    end, Acc;
received({#iq{type = T, id = Id} = IQ, #{lserver := H} = S} = Acc) when T == result; T == error ->
    case mod_roomkeeper:is_answer(H, Id) of
        true -> copy(H, IQ), {stop, {drop, S}};
        false -> T == error andalso is_unreachable(IQ, H), Acc
    end;
received({#message{type = error, from = From} = M, #{lserver := H} = S} = Acc) ->
    case room(From, S) of
        #room{nick = Nick} when Nick /= undefined -> copy(H, stripped(M));
        _ -> is_unreachable(M, H)
    end, Acc;
received(Acc) -> Acc.
is_unreachable(Pkt, H) ->
    case xmpp:get_error(Pkt) of
        #stanza_error{reason = R} when R == 'remote-server-not-found'; R == 'remote-server-timeout' ->
            mod_roomkeeper:news(H, {unreachable, (xmpp:get_from(Pkt))#jid.lserver, stripped(Pkt)});
        _ -> ok
    end.

told(P, #room{nick = Own, back = B}, S) ->
    case is_to(P, S) of true -> mod_roomkeeper_rejoin:told(Own, P, B); false -> B end.
%% A presence from the user's own place in a room. Most are from others', so elements are looked at as they came.
is_to(#presence{to = #jid{lresource = R}}, #{jid := #jid{lresource = Own}}) -> R == Own.
is_own(#muc_user{status_codes = Codes, destroy = D}) -> D /= undefined orelse lists:member(110, Codes);
is_own(#xmlel{name = <<"x">>, children = Els}) -> lists:any(fun is_sign/1, Els);
is_own(_) -> false.
is_sign(#xmlel{name = <<"status">>, attrs = Attrs}) -> lists:member({<<"code">>, <<"110">>}, Attrs);
is_sign(El) -> is_record(El, xmlel) andalso El#xmlel.name == <<"destroy">>.
%% Whoever a room or its server puts out by a fault or a restart is to be brought back, and not to be told
%% that it is out: few clients join again by themselves, and those that were told can't be helped any more.
is_held_back(#presence{type = unavailable, id = Id}, #muc_user{status_codes = Codes, destroy = undefined},
             #room{nick = Nick, held = Held}, #{lserver := H}) when Nick /= undefined ->
    Technical = Codes -- [110],
    Technical /= [] andalso Technical -- [332, 333] == [] andalso now_ms() > Held + ?WAIT
        andalso not mod_roomkeeper:is_answer(H, Id) andalso mod_roomkeeper:rejoins(H);
is_held_back(_, _, _, _) -> false.
dropped(Room, #{lserver := H, jid := JID}) ->
    El = mod_roomkeeper:el(dropped, [{user, jid:encode(JID)}, {room, key(jid:remove_resource(Room))}]),
    mod_roomkeeper:news(H, {tell, El}).
placed(#presence{type = available, from = #jid{resource = Nick} = From} = P, #muc_user{status_codes = Codes},
       #room{back = B} = R, #{lserver := H} = S) ->
    case lists:member(110, Codes) of
        true -> is_in(Nick, P, S),
                mod_roomkeeper_rejoin:is_open(B) andalso watch_leavers(jid:remove_resource(From), B, H),
                put(From, R#room{nick = Nick, pending = 0}, S);
        false -> put(From, R, S)
    end;
placed(#presence{from = From} = P, #muc_user{status_codes = Codes, items = Items}, #room{pending = T, back = B} = R, S) ->
    case [Nick || lists:member(303, Codes), #muc_item{nick = Nick} <- Items, Nick /= <<>>] of
        [Nick | _] when byte_size(Nick) < 1024 -> is_in(Nick, P, S), put(From, R#room{nick = Nick}, S);
        [_ | _] -> put(From, R, S); % longer than a nick can be
        [] -> is_out(P, From, S),
              case T > now_ms() orelse mod_roomkeeper_rejoin:is_open(B) of % it may be on the way in again
                  true -> put(From, R#room{nick = undefined, back = mod_roomkeeper_rejoin:is_out(B)}, S);
                  false -> remove(From, S)
              end
    end.
is_in(Nick, #presence{from = Room} = P, #{lserver := H, jid := JID}) ->
    mod_roomkeeper:news(H, {in, key(JID), key(jid:remove_resource(Room)), Nick, bare(P, muc_user(P))}).
is_out(P, Room, #{lserver := H, jid := JID}) ->
    mod_roomkeeper:news(H, {out, key(JID), key(jid:remove_resource(Room)), bare(P, muc_user(P))}).

%% @doc What asks a session's process to send the join presence of a room in the user's name.
rejoin(Id, Room) -> {?MODULE, rejoin, Id, Room}.
asked(#{lserver := H, jid := JID} = S, {?MODULE, rejoin, Id, Room}) ->
    Result = case {mod_roomkeeper:session(JID) == self(), room(Room, S)} of
        {false, _} -> ended;
        {_, none} -> left;
        {_, #room{nick = Nick, pending = Pending, back = B} = R} ->
            case Pending > now_ms() of
                true -> joining;
                false when Nick == undefined -> left;
                false -> case mod_roomkeeper_rejoin:send(Id, jid:replace_resource(Room, Nick), B, S) of
                             {Back, Sent} -> put(Room, R#room{back = Back}, Sent);
                             blocked -> blocked
                         end
            end
    end,
    is_atom(Result) andalso
        mod_roomkeeper:news(H, {tell, mod_roomkeeper:el(norejoin, [{id, Id}, {reason, Result}])}),
    {stop, if is_atom(Result) -> S; true -> Result end};
asked(#{jid := JID} = S, {?MODULE, leavers, Room, Rejoin}) ->
    {stop, case room(Room, S) of
        #room{nick = Own, back = Before} = R when Own /= undefined ->
            {Nicks, B} = mod_roomkeeper_rejoin:left(Rejoin, Before),
            lists:foldl(fun(Nick, Acc) -> ejabberd_c2s:send(Acc, left(jid:replace_resource(Room, Nick), JID)) end,
                        put(Room, R#room{back = B}, S), Nicks);
        _ -> S
    end};
asked(S, _Info) -> S.

%% Whom a room has not named since a rejoin left while nobody could say so. The session hears it, once, when
%% others who were lost have had the time to come back.
watch_leavers(Room, B, H) ->
    case mod_roomkeeper_rejoin:unnamed(B) of
        none -> ok;
        Rejoin -> erlang:send_after(mod_roomkeeper:leavers_after(H), self(), {?MODULE, leavers, Room, Rejoin})
    end.
left(Occupant, JID) ->
    #presence{type = unavailable, from = Occupant, to = JID,
              sub_els = [#muc_user{items = [#muc_item{affiliation = none, role = none}]}]}.

%% What the component gets to see: never the whole of a join or of its echo, which has the password.
copy(H, Pkt) -> mod_roomkeeper:news(H, {copy, Pkt}).
bare(#presence{id = Id, type = Type, from = From, to = To}, Els) ->
    #presence{id = Id, type = Type, from = From, to = To, sub_els = Els}.
muc_user(P) -> [El || El <- xmpp:get_els(P), xmpp:get_ns(El) == ?NS_MUC_USER].
stripped(Pkt) ->
    Els = [Error || #stanza_error{} = Error <- [xmpp:get_error(Pkt)]],
    {Id, From, To} = {xmpp:get_id(Pkt), xmpp:get_from(Pkt), xmpp:get_to(Pkt)},
    case Pkt of
        #presence{} -> bare(Pkt, Els);
        #message{} -> #message{type = error, id = Id, from = From, to = To, sub_els = Els};
        #iq{} -> #iq{type = error, id = Id, from = From, to = To, sub_els = Els}
    end.

rooms(S) -> maps:get(roomkeeper, S, #{}).
room(#jid{luser = U, lserver = D}, S) ->
    case S of #{roomkeeper := #{{U, D} := R}} -> R; _ -> none end.
put(#jid{luser = U, lserver = D}, R, #{roomkeeper := Rooms} = S) -> S#{roomkeeper := Rooms#{{U, D} => R}}.
remove(#jid{luser = U, lserver = D}, S) -> S#{roomkeeper => maps:remove({U, D}, rooms(S))}.
key(JID) -> jid:encode(jid:tolower(JID)).
now_ms() -> erlang:system_time(millisecond).
