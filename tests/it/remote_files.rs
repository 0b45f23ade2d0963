//! Attachments at an S3-compatible address: taken in, given out, deleted, kept and restored.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Query, State};
use axum::http::{Method, Request, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use object_store::ObjectStore;
use rapport::attachments::{self, Attachment, LARGEST, Uploader};
use rapport::backup::{self, Files};
use rapport::contacts;
use rapport::error::Error;
use rapport::id::{ContactId, ConversationId, TeammateId, WorkspaceId};
use rapport::server::db::Write;
use rapport::teammates::sign_in;
use serde_json::json;
use tokio::net::TcpListener;

use crate::messenger::{boot, post};
use crate::on_both;
use crate::support::{Database, NOON, TestApp};

/// What a bucket holds, by name.
#[derive(Default)]
struct Bucket {
    objects: BTreeMap<String, Bytes>,
    /// Uploads in parts that are under way.
    uploads: HashMap<String, BTreeMap<usize, Bytes>>,
    /// Whether it answers that it is broken.
    broken: bool,
    /// What it gives nobody and lets nobody delete.
    locked: Option<String>,
    /// Whether it takes no parts of uploads.
    no_parts: bool,
}

type Shared = Arc<Mutex<Bucket>>;

/// As much of S3's protocol as files need, for the bucket `files` and the key `key`.
async fn s3(
    State(bucket): State<Shared>,
    method: Method,
    uri: Uri,
    Query(query): Query<HashMap<String, String>>,
    request: Request<Body>,
) -> Response {
    let signed = request.headers().get(header::AUTHORIZATION).and_then(|h| h.to_str().ok());
    if !signed.is_some_and(|s| s.starts_with("AWS4-HMAC-SHA256 Credential=key/")) {
        let refusal = "<Error><Code>InvalidAccessKeyId</Code><Message>unknown</Message></Error>";
        return (StatusCode::FORBIDDEN, refusal).into_response();
    }
    let bytes = axum::body::to_bytes(request.into_body(), 100_000_000).await.unwrap();
    let Some(path) = uri.path().strip_prefix("/files") else {
        return (StatusCode::NOT_FOUND, "<Error><Code>NoSuchBucket</Code></Error>").into_response();
    };
    let name = path.trim_start_matches('/').to_owned();
    let mut bucket = bucket.lock().unwrap();
    if bucket.broken && method != Method::GET {
        return (StatusCode::FORBIDDEN, "<Error><Code>AccessDenied</Code></Error>").into_response();
    }
    let locked = bucket.locked.as_ref() == Some(&name);
    if locked || (bucket.no_parts && method == Method::PUT && query.contains_key("partNumber")) {
        return (StatusCode::FORBIDDEN, "<Error><Code>AccessDenied</Code></Error>").into_response();
    }
    let etag = [(header::ETAG, "\"one\"")];
    match (method, query.get("uploadId")) {
        (Method::GET, _) if query.contains_key("list-type") => {
            let prefix = query.get("prefix").cloned().unwrap_or_default();
            let mut said = "<ListBucketResult>".to_owned();
            for (name, object) in bucket.objects.iter().filter(|(n, _)| n.starts_with(&prefix)) {
                write!(
                    said,
                    "<Contents><Key>{name}</Key><Size>{}</Size><LastModified>2026-03-01T12:00:00.000Z</LastModified></Contents>",
                    object.len()
                )
                .unwrap();
            }
            (said + "</ListBucketResult>").into_response()
        }
        (Method::GET | Method::HEAD, _) => match bucket.objects.get(&name) {
            Some(object) => {
                let headers = [
                    (header::ETAG, "\"one\""),
                    (header::LAST_MODIFIED, "Sun, 01 Mar 2026 12:00:00 GMT"),
                ];
                (headers, object.clone()).into_response()
            }
            None => {
                (StatusCode::NOT_FOUND, "<Error><Code>NoSuchKey</Code></Error>").into_response()
            }
        },
        (Method::POST, None) if query.contains_key("uploads") => {
            let id = format!("u{}", bucket.uploads.len());
            bucket.uploads.insert(id.clone(), BTreeMap::new());
            format!("<InitiateMultipartUploadResult><UploadId>{id}</UploadId></InitiateMultipartUploadResult>")
                .into_response()
        }
        (Method::PUT, Some(id)) => {
            let number = query["partNumber"].parse().unwrap();
            bucket.uploads.get_mut(id).unwrap().insert(number, bytes);
            etag.into_response()
        }
        (Method::POST, Some(id)) => {
            let parts = bucket.uploads.remove(id).unwrap();
            let whole: Vec<u8> = parts.into_values().flatten().collect();
            bucket.objects.insert(name, whole.into());
            "<CompleteMultipartUploadResult><ETag>\"one\"</ETag></CompleteMultipartUploadResult>"
                .into_response()
        }
        (Method::DELETE, Some(id)) => {
            bucket.uploads.remove(id);
            StatusCode::NO_CONTENT.into_response()
        }
        (Method::PUT, None) => {
            bucket.objects.insert(name, bytes);
            etag.into_response()
        }
        (Method::DELETE, None) => {
            bucket.objects.remove(&name);
            StatusCode::NO_CONTENT.into_response()
        }
        _ => StatusCode::METHOD_NOT_ALLOWED.into_response(),
    }
}

/// A bucket and its address.
async fn new_bucket() -> (Shared, String) {
    let bucket = Shared::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let routes = Router::new().fallback(s3).with_state(bucket.clone());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    let address = format!("s3://files/rapport?region=us-east-1&endpoint=http://127.0.0.1:{port}");
    (bucket, address)
}

fn keys(key: &str) -> impl Iterator<Item = (String, String)> {
    let keys = [("AWS_ACCESS_KEY_ID", key), ("AWS_SECRET_ACCESS_KEY", "secret"), ("HOME", "/")];
    keys.map(|(name, value)| (name.to_owned(), value.to_owned())).into_iter()
}

fn opened(address: &str) -> Arc<dyn ObjectStore> {
    attachments::remote(address, keys("key")).unwrap()
}

fn names(bucket: &Shared) -> Vec<String> {
    bucket.lock().unwrap().objects.keys().cloned().collect()
}

/// A person with a conversation in which a file was said.
async fn said(app: &TestApp, bytes: &[u8]) -> (String, i64, Attachment) {
    app.call("identify", &json!({"userId": "u", "traits": {"name": "Grace"}})).await;
    let ada = sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
    let contact = app.number("select id from contacts").await;
    app.begin(Some(&ada), &format!("contact={contact}&body=Hello&client_id=c0")).await;
    let id = app.number("select id from conversations").await;
    let file = take(app, id, bytes).await.unwrap();
    let form = format!("conversation={id}&kind=message&body=&client_id=c1&files={}", file.id);
    let (status, body) = app.form(Some(&ada), "/do/say", &form).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    (ada, contact, file)
}

async fn take(app: &TestApp, conversation: i64, bytes: &[u8]) -> Result<Attachment, Error> {
    let workspace = WorkspaceId(app.number("select id from workspaces").await);
    let ada = Uploader::Teammate(TeammateId(app.number("select id from teammates").await));
    let pieces: Vec<Result<Bytes, std::io::Error>> =
        bytes.chunks(1 << 20).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    let pieces = futures::stream::iter(pieces);
    let conversation = ConversationId(conversation);
    attachments::take(&app.state, workspace, ada, conversation, "report.bin", pieces).await
}

async fn read(app: &TestApp, token: &str, file: &Attachment) -> (StatusCode, Vec<u8>) {
    let request =
        Request::get(file.href()).header(header::COOKIE, format!("rapport_session={token}"));
    app.send(request.body(Body::empty()).unwrap()).await
}

/// Restores a backup into a new database and to a new place, and answers it.
async fn restored(
    app: &TestApp,
    file: &Path,
    store: Option<Arc<dyn ObjectStore>>,
) -> Result<tempfile::TempDir, String> {
    let folder = tempfile::tempdir().unwrap();
    let url = Database::empty(app.engine, folder.path()).await;
    let files = Files { folder: folder.path().into(), store };
    backup::restore(file, &url, files, &mut |_| ()).await.map(|_| folder)
}

on_both! {
    async fn files_are_kept_given_out_and_gone_with_whom_they_are_of(app: TestApp) {
        let (bucket, address) = new_bucket().await;
        let store = opened(&address);
        attachments::probe(&*store).await.unwrap();
        assert!(names(&bucket).is_empty(), "a trial leaves nothing");
        app.state.keep_files_in(store);
        // More than one part of it.
        let bytes: Vec<u8> = (0..7_000_000_u32).map(|n| (n % 251) as u8).collect();
        let (ada, contact, file) = said(&app, &bytes).await;
        let workspace = app.number("select id from workspaces").await;
        assert_eq!(names(&bucket), [format!("rapport/{workspace}/{}", file.id)]);
        assert!(!app.folder.path().join("files").exists(), "nothing is on the disk");
        let (status, read_back) = read(&app, &ada, &file).await;
        assert_eq!(status, StatusCode::OK);
        assert!(read_back == bytes, "what was said is what is read");

        let conversation = app.number("select id from conversations").await;
        let refused = take(&app, conversation, &vec![0; LARGEST as usize + 1]).await;
        assert!(refused.unwrap_err().sentence().contains("larger than 25 MB"));
        assert!(bucket.lock().unwrap().uploads.is_empty(), "nothing of it is left");
        assert_eq!(names(&bucket).len(), 1);

        let mut w = Write::begin(&app.state, WorkspaceId(workspace), TeammateId(0)).await.unwrap();
        contacts::erase(&mut w, ContactId(contact)).await.unwrap();
        w.commit().await.unwrap();
        attachments::sweep(&app.state).await.unwrap();
        assert!(names(&bucket).is_empty(), "{:?}", names(&bucket));
        assert_eq!(read(&app, &ada, &file).await.0, StatusCode::NOT_FOUND);
    }

    async fn a_store_that_refuses_loses_no_words(app: TestApp) {
        let (bucket, address) = new_bucket().await;
        app.state.keep_files_in(opened(&address));
        let (ada, _, file) = said(&app, b"kept").await;
        bucket.lock().unwrap().broken = true;
        let conversation = app.number("select id from conversations").await;
        assert_eq!(take(&app, conversation, b"more").await, Err(Error::Internal));
        let form = format!("conversation={conversation}&kind=message&body=Words&client_id=c2&files=");
        assert_eq!(app.form(Some(&ada), "/do/say", &form).await.0, StatusCode::OK);
        assert_eq!(read(&app, &ada, &file).await, (StatusCode::OK, b"kept".to_vec()));
    }

    async fn what_a_store_does_not_take_or_give_is_said_and_keeps_nothing_else(app: TestApp) {
        let (bucket, address) = new_bucket().await;
        app.state.keep_files_in(opened(&address));
        let (ada, contact, first) = said(&app, b"first").await;
        let conversation = app.number("select id from conversations").await;
        let second = take(&app, conversation, b"second").await.unwrap();
        let form = format!("conversation={conversation}&kind=message&body=&client_id=c2&files={}", second.id);
        assert_eq!(app.form(Some(&ada), "/do/say", &form).await.0, StatusCode::OK);

        // A part of an upload is refused: nothing of it stays, here or there.
        bucket.lock().unwrap().no_parts = true;
        assert_eq!(take(&app, conversation, &vec![7; 12_000_000]).await, Err(Error::Internal));
        assert!(bucket.lock().unwrap().uploads.is_empty(), "the parts before it are taken back");
        assert_eq!(app.number("select count(*) from attachments where part_id = 0 and size > 0").await, 0);
        bucket.lock().unwrap().no_parts = false;

        let all = names(&bucket);
        bucket.lock().unwrap().locked = all.iter().find(|name| name.ends_with(&first.id.to_string())).cloned();
        assert_eq!(read(&app, &ada, &first).await.0, StatusCode::INTERNAL_SERVER_ERROR, "not an empty file");
        assert_eq!(read(&app, &ada, &second).await, (StatusCode::OK, b"second".to_vec()));

        // One that the store does not delete keeps no other, and is gone as soon as it does.
        let workspace = WorkspaceId(app.number("select id from workspaces").await);
        let mut w = Write::begin(&app.state, workspace, TeammateId(0)).await.unwrap();
        contacts::erase(&mut w, ContactId(contact)).await.unwrap();
        w.commit().await.unwrap();
        assert_eq!(attachments::sweep(&app.state).await, Err(Error::Internal));
        assert_eq!(names(&bucket).len(), 1, "{:?}", names(&bucket));
        assert_eq!(app.number("select count(*) from attachments").await, 1, "it is not forgotten");
        bucket.lock().unwrap().locked = None;
        assert_eq!(attachments::sweep(&app.state).await, Ok(()));
        assert!(names(&bucket).is_empty());
        assert_eq!(app.number("select count(*) from attachments").await, 0);
    }

    async fn messengers_and_the_api_keep_their_files_there_too(app: TestApp) {
        let (bucket, address) = new_bucket().await;
        app.state.keep_files_in(opened(&address));
        let (token, _) = boot(&app, None, json!({})).await;
        let request = Request::post("/messenger/files?name=photo.bin").header(header::AUTHORIZATION, format!("Bearer {token}"));
        let (status, bytes) = app.send(request.body(Body::from("from the customer")).unwrap()).await;
        assert_eq!(status, StatusCode::OK);
        let file: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        let said = json!({ "body": "See", "client_id": "a", "files": [file["id"]] });
        assert_eq!(post(&app, "conversations", &token, said).await.0, StatusCode::OK);
        let request = Request::get(format!("/messenger/files/{}", file["id"])).header(header::AUTHORIZATION, format!("Bearer {token}"));
        assert_eq!(app.send(request.body(Body::empty()).unwrap()).await, (StatusCode::OK, b"from the customer".to_vec()));

        let id = app.number("select id from conversations").await;
        let ada = app.number("select id from teammates").await.to_string();
        let reply = json!({"type": "admin", "admin_id": ada, "message_type": "comment", "attachment_files": [{"name": "a.csv", "data": "MSwy"}]});
        let (status, shape) = app.api("POST", &format!("/conversations/{id}/reply"), reply.clone()).await;
        assert_eq!(status, StatusCode::OK, "{shape}");
        assert_eq!(names(&bucket).len(), 2);
        assert!(!app.folder.path().join("files").exists(), "nothing is on the disk");
        bucket.lock().unwrap().broken = true;
        assert_eq!(app.api("POST", &format!("/conversations/{id}/reply"), reply).await.0, StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(app.number("select count(*) from parts").await, 2, "nothing is said without its file");
    }

    async fn a_backup_takes_them_along_to_any_place(app: TestApp) {
        let (there, address) = new_bucket().await;
        let store = opened(&address);
        app.state.keep_files_in(store.clone());
        let (_, _, attachment) = said(&app, b"an attachment").await;
        let file = app.folder.path().join("one.backup");
        let files = Files { folder: app.folder.path().into(), store: Some(store.clone()) };
        let total = backup::write(&app.url, files, &file, NOON, &mut |_| ()).await.unwrap();
        assert_eq!(total.files, 1);
        let workspace = app.number("select id from workspaces").await;

        // Onto a disk, and from there to another bucket.
        let disk = restored(&app, &file, None).await.unwrap();
        let path = disk.path().join(format!("files/{workspace}/{}", attachment.id));
        assert_eq!(std::fs::read(path).unwrap(), b"an attachment");
        let (other, elsewhere) = new_bucket().await;
        restored(&app, &file, Some(opened(&elsewhere))).await.unwrap();
        assert_eq!(names(&other), names(&there));
        assert_eq!(other.lock().unwrap().objects.values().next().unwrap().as_ref(), b"an attachment");

        let full = restored(&app, &file, Some(store)).await.unwrap_err();
        assert!(full.contains("the store of attachments holds files already"), "{full}");
        let (third, address) = new_bucket().await;
        third.lock().unwrap().broken = true;
        let refused = restored(&app, &file, Some(opened(&address))).await.unwrap_err();
        assert!(refused.contains("the store of attachments"), "{refused}");
        assert!(names(&third).is_empty());
    }
}

#[tokio::test]
async fn a_wrong_place_is_said_before_anything_is_kept_there() {
    let (_bucket, address) = new_bucket().await;
    let wrong_key = attachments::remote(&address, keys("other")).unwrap();
    let said = attachments::probe(&*wrong_key).await.unwrap_err();
    assert!(said.contains("InvalidAccessKeyId"), "{said}");
    let no_bucket = opened(&address.replace("s3://files", "s3://nothing"));
    let said = attachments::probe(&*no_bucket).await.unwrap_err();
    assert!(said.contains("NoSuchBucket") || said.contains("not found"), "{said}");
}
