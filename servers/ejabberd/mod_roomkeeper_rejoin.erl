%%% What it takes to bring one user back into one room, and the join presence that does it, sent as the
%%% session itself would: with its presence of today, the password of its own join, and as much history
%%% as it takes to miss nothing. What the room then repeats is recognised.
-module(mod_roomkeeper_rejoin).
-export([new/0, joins/4, failed/1, is_open/1, heard/1, said/2, send/4]).
-export([told/3, is_out/1, unnamed/1, left/2]).
-include("xmpp.hrl").
%% Times are in milliseconds since 1970, as a session may be resumed on another machine.
-record(back, {password = none, % of the user's last join, sealed
               presence,        % the last one directed to the room, of a session that broadcasts none
               heard,           % when the room last said something
               recent = [],     % its last messages, the newest first: {When, stanza-id, Hash, Rejoin that repeated it}
               rejoins = 0,     % how many there were
               others = #{},    % whom the session was told to be in: Nick => after how many rejoins it was told last
               until = 0}).     % until when its history may repeat some of these; 0: no rejoin is open
-define(RECENT, 8000).  % younger messages are kept, 10 at most
-define(OVERLAP, 5).    % seconds of history that are asked for to be safe
-define(HISTORY, 60000). % how long a history may take
-define(OTHERS, 500).   % of a room are kept in mind,
-define(NICK, 128).     % those with nicks of so many bytes
-define(OLD, [?NS_DELAY, <<"jabber:x:delay">>, ?NS_MUC]).

new() -> #back{}.
%% @doc The user sends a presence to the room; Muc is its #muc{}, or false.
joins(P, Muc, B, S) ->
    Presence = case S of #{pres_last := _} -> undefined; _ -> P#presence{sub_els = current(P)} end,
    case Muc of
        #muc{password = Password} -> B#back{presence = Presence, password = seal(Password), others = #{}, until = 0};
        false -> B#back{presence = Presence}
    end.
%% @doc The rejoin was refused.
failed(B) -> B#back{until = 0}.
%% @doc Whether a rejoin was sent and the room has not sent all that was missed.
is_open(#back{until = Until}) -> Until > now_ms().

%% @doc The room tells that somebody is in, or is not any more; Own is the user's own nick.
told(Own, #presence{from = #jid{resource = Nick}}, B) when Nick == Own; Nick == <<>> -> B;
told(_Own, #presence{type = T, from = #jid{resource = Nick}}, #back{rejoins = N, others = Others} = B) ->
    case Others of
        #{Nick := _} when T == unavailable -> B#back{others = maps:remove(Nick, Others)};
        #{Nick := N} -> B;
        #{Nick := _} -> B#back{others = Others#{Nick := N}};
        _ when T == unavailable; map_size(Others) >= ?OTHERS; byte_size(Nick) > ?NICK -> B;
        _ -> B#back{others = Others#{binary:copy(Nick) => N}}
    end.
%% @doc The user is out, and lists nobody.
is_out(B) -> B#back{others = #{}}.
%% @doc The rejoin since which the room has not told of all of them again, or none.
unnamed(#back{rejoins = N, others = Others}) ->
    case lists:any(fun(At) -> At < N end, maps:values(Others)) of true -> N; false -> none end.
%% @doc Who they are: {Nicks, Back}; nobody if there was another rejoin meanwhile.
left(Rejoin, #back{rejoins = Rejoin, others = Others} = B) ->
    Still = maps:filter(fun(_, At) -> At == Rejoin end, Others),
    {maps:keys(maps:without(maps:keys(Still), Others)), B#back{others = Still}};
left(_, B) -> {[], B}.

%% @doc The room is there. While a history is awaited, what was before it stays the last that was heard:
%% if it is cut short, the next one begins where it did.
heard(B) -> heard(now_ms(), B).
heard(Now, #back{until = Until} = B) when Until > Now -> B;
heard(Now, B) -> B#back{heard = Now, until = 0}.
%% @doc A message of the room: {known, Back} if it is a repeat. The room's subject ends a history.
said(#message{subject = [_ | _], body = []}, B) -> heard(B#back{until = 0});
said(#message{from = From, body = Body, sub_els = Els} = M, Before) -> % cheap: runs for each message of each room
    Now = now_ms(),
    #back{recent = Recent, until = Until} = B = heard(Now, Before),
    Id = stanza_id(From, Els),
    if Body == [], Id == none -> B; % a chat state, which no history has
       true ->
            Hash = hash([From#jid.resource | [Text || #text{data = Text} <- Body]]),
            case Until of
                0 -> B#back{recent = [{Now, Id, Hash, 0} | younger(Now - ?RECENT, 9, Recent)]};
                _ ->
                    case xmpp:has_subtag(M, #delay{stamp = {0, 0, 0}}) andalso repeated(Id, Hash, Until, Recent) of
                        false -> B#back{recent = [{Now, Id, Hash, Until} | lists:sublist(Recent, 99)]};
                        Marked -> {known, B#back{recent = Marked}}
                    end
            end
    end.
younger(Since, Most, [{At, _, _, _} = Entry | Older]) when At > Since, Most > 0 -> [Entry | younger(Since, Most - 1, Older)];
younger(_, _, _) -> [].
%% A history has messages in the order in which they were said, so with one that is known all older ones
%% are done with. Each may come again once for each rejoin: people say the same thing twice.
repeated(Id, Hash, Rejoin, Recent) ->
    OldestFirst = lists:reverse(Recent),
    case mark(fun({_, I, _, Last}) -> Last /= Rejoin andalso I == Id andalso Id /= none end, Rejoin, OldestFirst) of
        false -> mark(fun({_, _, H, Last}) -> Last /= Rejoin andalso H == Hash end, Rejoin, OldestFirst);
        Marked -> Marked
    end.
mark(IsIt, Rejoin, OldestFirst) ->
    case lists:splitwith(fun(E) -> not IsIt(E) end, OldestFirst) of
        {_, []} -> false;
        {Older, [Known | Newer]} -> lists:reverse([setelement(4, E, Rejoin) || E <- Older ++ [Known]] ++ Newer)
    end.
%% The room's own id of a message, whether it has been decoded or not.
stanza_id(#jid{luser = U, lserver = D} = Room, [#xmlel{name = <<"stanza-id">>, attrs = Attrs} | Els]) ->
    Size = byte_size(U),
    case fxml:get_attr_s(<<"by">>, Attrs) of
        <<U:Size/binary, $@, D/binary>> -> hash(fxml:get_attr_s(<<"id">>, Attrs));
        _ -> stanza_id(Room, Els)
    end;
stanza_id(#jid{luser = U, lserver = D}, [#stanza_id{by = #jid{luser = U, lserver = D}, id = Id} | _]) -> hash(Id);
stanza_id(Room, [_ | Els]) -> stanza_id(Room, Els);
stanza_id(_, []) -> none.
hash(Term) -> erlang:phash2(Term, 1 bsl 32).

%% @doc Sends the join presence to an occupant's address: {Back, State}, or blocked.
send(Id, To, #back{presence = Directed, password = Password, heard = Heard} = B, #{lserver := H, jid := JID} = S) ->
    Base = case S of #{pres_last := Last} -> Last; _ when Directed == undefined -> #presence{}; _ -> Directed end,
    History = if Heard == undefined -> #muc_history{maxstanzas = 0};
                 true -> #muc_history{seconds = max(0, (now_ms() - Heard + 999) div 1000) + ?OVERLAP} end,
    Muc = #muc{history = History, password = unseal(Password)},
    Join = Base#presence{id = Id, from = JID, to = To, sub_els = [Muc | current(Base)], meta = #{}},
    case ejabberd_hooks:run_fold(privacy_check_packet, H, allow, [S, Join, out]) of
        deny -> blocked;
        allow ->
            mod_roomkeeper:news(H, {tell, mod_roomkeeper:el(rejoining, [{id, Id}])}),
            %% As if it were what the session broadcasts: routing, and whom to tell at its end, are the server's own.
            Sent = ejabberd_c2s:process_info(S#{pres_last => Join}, {resend_presence, To}),
            {B#back{until = now_ms() + ?HISTORY, rejoins = B#back.rejoins + 1},
             case S of #{pres_last := Before} -> Sent#{pres_last => Before}; _ -> maps:remove(pres_last, Sent) end}
    end.
current(P) -> [El || El <- xmpp:get_els(P), not lists:member(xmpp:get_ns(El), ?OLD)].

%% A session's state is written to the log if its process crashes. The password must not be.
seal(Password) when Password == undefined; Password == <<>> -> none;
seal(Password) -> Iv = crypto:strong_rand_bytes(16), {Iv, crypto:crypto_one_time(aes_128_ctr, key(), Iv, Password, true)}.
unseal(none) -> undefined;
unseal({Iv, Sealed}) -> crypto:crypto_one_time(aes_128_ctr, key(), Iv, Sealed, false).
key() -> crypto:hash(md5, ejabberd_config:get_shared_key()).
now_ms() -> erlang:system_time(millisecond).
