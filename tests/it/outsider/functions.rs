//! Server functions, as the registry knows them.

use std::collections::BTreeSet;

use axum::http::StatusCode;

use super::dump::dump;
use super::{MARK, ask, first, first_workspace, outsiders, same};
use crate::on_both;
use crate::support::TestApp;

/// What those get who are not of the workspace.
#[derive(Clone, Copy, PartialEq)]
pub enum To {
    /// It names something: another workspace does not find it.
    Names,
    /// The same, for admins only: another workspace's agent is refused before.
    AdminNames,
    /// It speaks of the caller's own workspace or account, whatever is sent.
    Own,
    /// The same, for admins only.
    AdminOwn,
    /// Anyone may ask; it tells nothing and, with these arguments, does nothing.
    Public,
}
use To::{AdminNames, AdminOwn, Names, Own, Public};

/// A server function with arguments that are good for an admin of the first workspace.
pub struct Function {
    pub method: &'static str,
    pub name: &'static str,
    pub arguments: &'static str,
    pub to: To,
}

const fn get(name: &'static str, arguments: &'static str, to: To) -> Function {
    Function { method: "GET", name, arguments, to }
}

const fn post(name: &'static str, arguments: &'static str, to: To) -> Function {
    Function { method: "POST", name, arguments, to }
}

const MESSENGER: &str = "form[action_color]=%23112233&form[background_color]=%23112233&form[horizontal_padding]=1&form[vertical_padding]=1";

/// A browser with the keys of the example in RFC 8291, 5.
const DEVICE: &str = "subscription=%7B%22endpoint%22:%22https://push.example/own%22,%22keys%22:%7B%22p256dh%22:%22BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4%22,%22auth%22:%22BTBZMqHH6r4Tts7J_aSIgg%22%7D%7D";
/// The browser of the first workspace, under another address.
const MOVED: &str = "before=https://push.example/zqxmark&subscription=%7B%22endpoint%22:%22https://push.example/moved%22,%22keys%22:%7B%22p256dh%22:%22BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4%22,%22auth%22:%22BTBZMqHH6r4Tts7J_aSIgg%22%7D%7D";

const RULE: &str = "of=contact&rule=%7B%22version%22:1,%22rule%22:%7B%22all%22:[]%7D%7D";
const SEGMENT: &str =
    "of=contact&id={segment}&name=Other&rule=%7B%22version%22:1,%22rule%22:%7B%22any%22:[]%7D%7D";

/// Every server function, in an order in which the first workspace's admin can use them one after the other.
const FUNCTIONS: &[Function] = &[
    get("profile", "id={contact}", Names),
    get("attribute_history", "owner=contact-{contact}&name=zqxmark", Names),
    get("stream", "owner=contact-{contact}&limit=5", Names),
    get("segments", "", Own),
    get("segment", "id={segment}", Names),
    get("segment_choices", "", Own),
    get("field_values", "of=contact&field=name&typed=", Own),
    get("metadata_values", "event=Order&key=&typed=", Own),
    get("standings", "owner=contact-{contact}", Names),
    get("other_standings", "owner=contact-{contact}", Names),
    get("explain_segment", "owner=contact-{contact}&segment={segment}", Names),
    post("preview_segment", RULE, Own),
    post("estimate_segment", RULE, Own),
    get("company", "id={company}", Names),
    get("company_members", "company={company}&find=&order=name&page=0", Names),
    get("company_places", "company={company}", Names),
    get("message_recipients", "company={company}&all=true", Names),
    get("message_recipient", "company={company}&all=true&at=0", Names),
    get("company_title", "company={company}", Names),
    get("other_companies", "company={company}&find=", Names),
    get("merge_plan", "from={other}&into={company}", Names),
    get("deletion_plan", "company={company}", Names),
    get("companies", "address=/companies?tag={tag}", Own),
    get("sections", "", Own),
    get("company_options", "", Own),
    get("company_counts", "address=/companies?tag={tag}", Own),
    get("company_person", "company={company}&person={contact}", Names),
    get("health", "", Own),
    get("conversation", "id={conversation}", Names),
    get("parts", "id={conversation}&part={part}&later=false", Names),
    get("drafts", "id={conversation}", Names),
    get("filled_replies", "conversation={conversation}", Names),
    get("replies", "words=", Own),
    get("emoji", "words=rocket", Public),
    get("conversation_contact", "id={conversation}", Names),
    get("contact_conversations", "contact={contact}", Names),
    get("notes", "owner=contact-{contact}", Names),
    get("upload", "id={upload}", Names),
    get("conversations", "query=in%3Dtag-{tag}", Own),
    get("inbox_views", "", Own),
    get("inbox_sentence", "query=in%3Dteam-{team}", Own),
    get("inbox_sentence", "query=in%3Dteammate-{ada}", Own),
    get("inbox_sentence", "query=in%3Dtag-{tag}", Own),
    get("teams", "", Own),
    get("people", "address=/people?q={external}%26tag={tag}%26company={company}", Own),
    get("people_options", "", Own),
    get("people_firms", "begin=", Own),
    get("people_places", "country=GB", Own),
    get("jobs", "", Own),
    get("team", "", Own),
    get("account", "", Own),
    get("alerts", "", Own),
    get("news", "", Own),
    get("news", "since=0", Own),
    get("attributes", "", Own),
    get("install_status", "", Own),
    get("messenger_setup", "", Own),
    get("file_rules", "", Own),
    get("keys", "", Own),
    get("workspace", "", Own),
    get("audit", "who={ada}&action=", AdminOwn),
    get("invited", "token=x", Public),
    get("resets", "token=x", Public),
    get("sends_mail", "", Public),
    get("is_signed_in", "", Public),
    post("add_device", DEVICE, Own),
    post("renew_device", MOVED, Names),
    post("remove_device", "id={device}", Names),
    post("set_alerts", "sound=on&about=mine&from=19:00&to=08:00&days[0]=0", Own),
    post("set_attribute", "owner=contact-{contact}&name=colour&value=red", Names),
    post("set_sections", "sections=tags,-about", Own),
    post("set_details", "contact={contact}&name=Grace&email=&phone=&owner=0", Names),
    post("say", "conversation={conversation}&kind=note&body=Hello&client_id=c2", Names),
    post("mark_read", "conversation={conversation}", Names),
    post("act", "ids={conversation}&change=assign:{agent}", Names),
    post("act", "ids={conversation}&change=team:{team}", Names),
    post("act", "ids={conversation}&change=tag&tag=Friend", Names),
    post("act", "ids={conversation}&change=close", Names),
    // What it takes back: that the conversation was read, that it has a tag.
    post("undo", "changes=%5B%7B%22read%22%3A%5B{conversation}%2C0%5D%7D%5D", Names),
    post("undo", "changes=%5B%7B%22untagged%22%3A%5B{conversation}%2C{tag}%5D%7D%5D", Own),
    post("save_view", "query=find%3Dx&name=Mine", Own),
    post("delete_view", "view={view}", Names),
    post("save_segment", SEGMENT, Names),
    post("pause_segment", "id={segment}&pause=true", Names),
    post("archive_segment", "id={segment}&archive=true", Names),
    get("messages", "", Own),
    get("message_why", "id={message}&person={contact}", Names),
    get("message", "id={message}", Names),
    get("message_receivers", "id={message}&which=sent&day=2026-03-01", Names),
    get("blank_message", "company={company}", Own),
    get("outbound_setup", "", Own),
    get("subscriptions", "contact={contact}", Names),
    post("complain", "contact={contact}", Names),
    post("subscribe", "contact={contact}&about=0&wanted=false", Names),
    post("subscribe", "contact={contact}&about={type}&wanted=false", Names),
    post("save_limits", "form[messages]=3&form[days]=7", AdminOwn),
    post("save_subscription_type", "id={type}&name=Other", AdminNames),
    post("archive_subscription_type", "id={type}&archived=true", AdminNames),
    get("message_standings", "owner=contact-{contact}", Names),
    post("message_recipients", "id={message}&people={contact}", Names),
    post(
        "preview_message",
        "body=%7B%7Bcompany%7D%7D&who={external}&people={contact}&company={company}",
        Own,
    ),
    post(
        "save_message",
        "id={message}&version=1&name=Other&body=Hello&whom=all&opt_out=Out",
        Names,
    ),
    post("change_message", "id={message}&change=duplicate", Names),
    post("opt", "owner=contact-{contact}&message={message}&join=false", Names),
    post("send_again", "id={message}&contact={contact}", Names),
    post("remove_message_file", "id={message}&file={message_file}", Names),
    post("make_team", "name=Sales", AdminOwn),
    post("change_team", "team={team}&name=Support&members[0]={ada}", AdminNames),
    post("archive_team", "team={team}&archived=true", AdminNames),
    post("save_draft", "conversation={conversation}&kind=note&body=Hello&version=0", Names),
    post("delete_part", "conversation={conversation}&part={part}", Names),
    post("restore_part", "conversation={conversation}&part={part}&body=Hello", Names),
    post("remove_attachment", "attachment={attachment}", Own),
    post("make_reply", "name=Own&body=Hello", Own),
    post("edit_reply", "reply={reply}&name=Other&body=Hello", Names),
    post("delete_reply", "reply={reply}", Names),
    post("add_note", "owner=contact-{contact}&body=Hello", Names),
    post("edit_note", "note={note}&body=Hello&version=1", Names),
    get("note_names", "", Own),
    get("note_links", "word=zqxmark", Own),
    get("note_mentions", "", Own),
    post("see_notes", "notes[0]={note}", Own),
    get("note_looks", "owner=contact-{contact}", Names),
    get("note_looks_in", "conversation={conversation}", Names),
    get("find_notes", "find=zqxmark", Own),
    get("note_history", "note={note}", Names),
    post("see_note_mentions", "owner=contact-{contact}", Names),
    get("note_version", "note={note}&version=1", Names),
    post("restore_version", "note={note}&version=1", Names),
    post("tick_note", "note={note}&version=1&tick=0-true", Names),
    post("pin_note", "note={note}&pinned=true", Names),
    post("delete_note", "note={note}", Names),
    post("restore_note", "note={note}", Names),
    post("add_tag", "owner=contact-{contact}&name=Friend", Names),
    post("remove_tag", "owner=contact-{contact}&tag={tag}", Names),
    post("attach", "company={company}&who={external}", Names),
    post("attach_to", "contact={contact}&company=zqxmark+Fleet", Names),
    post("main_contact", "company={company}&contact={contact}", Names),
    post("tag_members", "company={company}&all=1&name=Many&change=add", Names),
    post("message_people", "company={company}&all=true&body=Hello&client_id=c3", Names),
    post("set_company", "company={company}&name=Other&website=&industry=&plan=&owner=0", Names),
    post("detach", "company={company}&contact={contact}", Names),
    post(
        "tag_selected",
        "of=company&selected[0]={company}&address=/companies&name=Many&change=add",
        Own,
    ),
    post("merge_companies", "from={other}&into={company}&confirm=zqxmark+Fleet", Names),
    post("delete_company", "company={company}&confirm=Other", Names),
    post("choose_columns", "of=company&columns[0]=plan", Own),
    post("set_health", "new=1&active=7&slipping=14", AdminOwn),
    post("start_import", "id={upload}&meanings[0]=user_id&meanings[1]=colour", Names),
    get("imports", "", Own),
    post("resume_import", "id={upload}", Names),
    post("drop_import", "id={upload}", Names),
    post("undo_job", "job={job}", Names),
    post("cancel_job", "job={job}", Names),
    post("see_jobs", "jobs[0]={job}", Own),
    post("close_job", "job={job}", Names),
    post(
        "tag_selected",
        "of=contact&selected[0]={contact}&address=/people&name=Many&change=add",
        Own,
    ),
    post("choose_columns", "of=contact&columns[0]=email", Own),
    post("make_attribute", "subject=contact&name=size&data_type=integer&description=", AdminOwn),
    post("describe_attribute", "attribute={attribute}&label=Mark&description=", AdminNames),
    post("archive_attribute", "attribute={attribute}&archived=true", AdminNames),
    post("change_workspace", "name=Engines&time_zone=UTC", AdminOwn),
    post("save_messenger", MESSENGER, AdminOwn),
    post("save_file_rules", "refused=exe&customers=any", AdminOwn),
    get("webhooks", "", AdminOwn),
    post("add_webhook", "url=https://hook.example/own", AdminOwn),
    post(
        "change_webhook",
        "webhook={webhook}&url=https://hook.example/other&topics[]=event.created",
        AdminNames,
    ),
    post("ping_webhook", "webhook={webhook}", AdminNames),
    post("send_webhook_again", "webhook={webhook}&seq={told}", AdminNames),
    post("roll_webhook", "webhook={webhook}", AdminNames),
    post("pause_webhook", "webhook={webhook}&pause=true", AdminNames),
    post("delete_webhook", "webhook={webhook}", AdminNames),
    post("restore_webhook", "webhook={webhook}", AdminNames),
    post("make_key", "kind=write_key", AdminOwn),
    post("revoke_key", "key={key}&confirm={hint}", AdminNames),
    post("roll_identity", "confirm={secret}", AdminOwn),
    post("invite", "email=someone%40example.com&role=agent", AdminOwn),
    post("revoke_invitation", "invitation={invitation}", AdminNames),
    post("set_role", "teammate={agent}&role=admin", AdminNames),
    post("switch_off_second_step_of", "teammate={agent}", AdminNames),
    post("remove_teammate", "teammate={agent}&heir={ada}", AdminNames),
    post("set_up_second_step", "", Own),
    post("prove_second_step", "code=000000", Own),
    post("give_up_second_step", "", Own),
    post("replace_recovery_codes", "current_password=wrong", Own),
    post("switch_off_second_step", "current_password=wrong", Own),
    post("change_password", "current_password=wrong&new_password=another+long+one", Own),
    post("stand", "contact={contact}&action=block", Names),
    post("erase_contact", "contact={contact}&confirm=Grace", Names),
    post("end_session", "session={session}", Names),
    post("start", "workspace=x&name=x&email=x%40example.com&password=correct+horse", Public),
    post("sign_in", "email=ada%40example.com&password=wrong", Public),
    post("second_step", "code=000000", Public),
    post("join", "token=x&name=x&password=correct+horse", Public),
    post("forgot_password", "email=ada%40example.com", Public),
    post("reset_password", "token=x&new_password=another+long+one", Public),
    post("sign_out_everywhere", "", Own),
    post("sign_out", "", Public),
];

/// What an admin of the first workspace is refused too, with these arguments: the state is not there.
const REFUSED: [&str; 10] = [
    "send_again",
    // Another is about to be merged into it.
    "delete_company",
    "resume_import",
    "drop_import",
    "undo_job",
    "switch_off_second_step_of",
    "prove_second_step",
    "replace_recovery_codes",
    "switch_off_second_step",
    "change_password",
];
const OURS: Option<&str> = Some("https://rapport.example");

fn allowed(status: StatusCode) -> bool {
    status.is_success() || status.is_redirection()
}

#[test]
fn every_server_function_is_in_the_table() {
    let there = leptos::server_fn::axum::server_fn_paths()
        .map(|(path, method)| format!("{method} {}", path.trim_start_matches("/do/")));
    let known = FUNCTIONS.iter().map(|f| format!("{} {}", f.method, f.name));
    let there: BTreeSet<String> = there.collect();
    assert!(there.len() > 50, "{there:?}");
    same(&there, &known.collect(), "tests/it/outsider/functions.rs");
}

on_both! {
    async fn nobody_gets_anything_of_the_server_functions(app: TestApp) {
        let first = first::fill(&app).await;
        let workspace = first_workspace(&app).await;
        let before = dump(&app, workspace).await;
        for f in FUNCTIONS {
            let (status, body) = ask(&app, None, OURS, f, &first.fill(f.arguments)).await;
            if f.to != Public {
                assert_eq!(status, StatusCode::UNAUTHORIZED, "{}: {body}", f.name);
            }
            assert!(!body.contains(MARK), "{}: {body}", f.name);
            assert!(!status.is_server_error(), "{}: {body}", f.name);
        }
        assert_eq!(before, dump(&app, workspace).await);
    }

    async fn another_workspace_gets_nothing_of_the_server_functions(app: TestApp) {
        let first = first::fill(&app).await;
        let outsiders = outsiders(&app).await;
        let workspace = first_workspace(&app).await;
        let before = dump(&app, workspace).await;
        for (who, agent) in [(&outsiders.agent, true), (&outsiders.admin, false)] {
            // Those that end the outsider's own session come last.
            for f in FUNCTIONS {
                let (status, body) = ask(&app, Some(who), OURS, f, &first.fill(f.arguments)).await;
                let expected = match f.to {
                    Names => Some(StatusCode::NOT_FOUND),
                    AdminNames => Some(if agent { StatusCode::FORBIDDEN } else { StatusCode::NOT_FOUND }),
                    AdminOwn if agent => Some(StatusCode::FORBIDDEN),
                    Own | AdminOwn | Public => None,
                };
                if let Some(expected) = expected {
                    assert_eq!(status, expected, "{}, agent: {agent}: {body}", f.name);
                }
                assert!(!body.contains(MARK), "{}: {body}", f.name);
                assert!(!status.is_server_error(), "{}: {body}", f.name);
            }
        }
        let after = dump(&app, workspace).await;
        assert_eq!(before, after);
        rapport::jobs::run_due(&app.state).await.unwrap();
        let after = dump(&app, workspace).await;
        for table in ["contacts", "taggings", "tags", "attribute_values"] {
            assert!(!after[table].iter().any(|row| row.contains("Many")), "an outsider's job: {table}");
        }
    }

    async fn the_arguments_are_good_where_they_belong(app: TestApp) {
        let first = first::fill(&app).await;
        for f in FUNCTIONS.iter().filter(|f| f.to != Public) {
            let (status, body) = ask(&app, Some(&first.ada), OURS, f, &first.fill(f.arguments)).await;
            let known = REFUSED.contains(&f.name);
            assert!(allowed(status) || known, "{}: {status} {body}", f.name);
            assert!(!known || status == StatusCode::BAD_REQUEST || status == StatusCode::CONFLICT || status == StatusCode::NOT_FOUND, "{}: {status} {body}", f.name);
        }
    }

    async fn no_argument_breaks_a_server_function(app: TestApp) {
        let first = first::fill(&app).await;
        for address in ["/people?find=%00", "/people/export.csv?find=a%00", "/companies/export.csv?plan=%00", "/messenger/frame?app_id=%00", "/join/%00", "/%00"] {
            let (status, body) = app.get(&first.ada, address).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{address}: {body}");
        }
        // In an address within a form it is escaped twice.
        let odd = ["a%00b", "/people?find=a%2500b%26plan=%2500", "%FF", "9223372036854775807", "-1", ""];
        // Signing in and the like end what the others need, and hash for a while.
        for f in FUNCTIONS.iter().filter(|f| f.to != Public && f.name != "sign_out_everywhere") {
            let pairs: Vec<_> = f.arguments.split('&').filter_map(|pair| pair.split_once('=')).collect();
            for n in 0..pairs.len() {
                for value in odd {
                    let pair = |(at, (name, good)): (usize, &(&str, &str))| format!("{name}={}", if at == n { value } else { *good });
                    let arguments: Vec<_> = pairs.iter().enumerate().map(pair).collect();
                    let arguments = first.fill(&arguments.join("&"));
                    let (status, body) = ask(&app, Some(&first.ada), OURS, f, &arguments).await;
                    assert!(!status.is_server_error(), "{} {arguments}: {status} {body}", f.name);
                    assert_ne!(status, StatusCode::UNAUTHORIZED, "{} {arguments}", f.name);
                }
            }
        }
    }

    async fn another_site_changes_nothing(app: TestApp) {
        let first = first::fill(&app).await;
        let workspace = first_workspace(&app).await;
        let before = dump(&app, workspace).await;
        for f in FUNCTIONS.iter().filter(|f| f.method == "POST") {
            for origin in [None, Some("null"), Some("https://evil.example"), Some("https://rapport.example.evil.example")] {
                let (status, _) = ask(&app, Some(&first.ada), origin, f, &first.fill(f.arguments)).await;
                assert_eq!(status, StatusCode::FORBIDDEN, "{} from {origin:?}", f.name);
            }
            // A link is followed with the cookie: what writes does not listen to reading requests.
            let link = Function { method: "GET", ..*f };
            let (status, _) = ask(&app, Some(&first.ada), None, &link, &first.fill(f.arguments)).await;
            assert!(status.is_client_error(), "{} by a link: {status}", f.name);
        }
        for f in FUNCTIONS.iter().filter(|f| f.method == "GET") {
            ask(&app, Some(&first.ada), None, f, &first.fill(f.arguments)).await;
        }
        assert_eq!(before, dump(&app, workspace).await, "what reads only reads");
    }
}
