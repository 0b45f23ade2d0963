//! Files at an S3-compatible address instead of the disk.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::BodyExt as _;
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse,
    HttpResponseBody, HttpService,
};
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{ClientOptions, ObjectStore, ObjectStoreExt as _, PutPayload, RetryConfig};
use url::Url;

use crate::server::secret;

/// What an address looks like, for whoever wrote another.
pub const EXPECTED: &str = "expected s3://BUCKET/FOLDER?region=REGION, with &endpoint=https://HOST for a store that is not \
                            Amazon's; its keys are in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
/// How long one request may take until its answer begins.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often one is tried again, and for how long at most.
const TRIES: usize = 3;

/// The store at an address such as `s3://bucket/folder?region=eu-central-1&endpoint=https://s3.example.com`. Path style is used
/// unless it says `style=host`. `environment` has the keys under the names that Amazon's own tools read; without them
/// the machine's role is asked for.
///
/// # Errors
/// A sentence that says what is wrong with the address.
pub fn remote(
    address: &str,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<Arc<dyn ObjectStore>, String> {
    let url = Url::parse(address).map_err(|e| e.to_string())?;
    if url.scheme() != "s3" {
        return Err(format!("{}:// is not known", url.scheme()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("keys do not belong into the address".into());
    }
    let bucket = url.host_str().filter(|host| !host.is_empty()).ok_or("it names no bucket")?;
    let mut store = AmazonS3Builder::new();
    for (name, value) in environment.filter(|(name, _)| name.starts_with("AWS_")) {
        if let Ok(key) = name.to_ascii_lowercase().parse::<AmazonS3ConfigKey>() {
            store = store.with_config(key, value);
        }
    }
    for (name, value) in url.query_pairs() {
        store = match (name.as_ref(), value.as_ref()) {
            ("region", region) => store.with_region(region),
            ("endpoint", endpoint) => {
                let there = Url::parse(endpoint).ok().filter(|url| url.host().is_some());
                let plain = match there.as_ref().map(Url::scheme) {
                    Some("https") => false,
                    Some("http") => true,
                    _ => return Err(format!("endpoint={endpoint} is no address")),
                };
                store.with_endpoint(endpoint.trim_end_matches('/')).with_allow_http(plain)
            }
            ("style", "path") => store.with_virtual_hosted_style_request(false),
            ("style", "host") => store.with_virtual_hosted_style_request(true),
            (name, _) => return Err(format!("{name} is not known, or not with this value")),
        };
    }
    let retry =
        RetryConfig { max_retries: TRIES, retry_timeout: PATIENCE, ..RetryConfig::default() };
    let store = store
        .with_bucket_name(bucket)
        .with_retry(retry)
        // Files go one by one, and not every store knows to delete many.
        .with_disable_bulk_delete(true)
        .with_http_connector(Connector)
        .build()
        .map_err(|e| e.to_string())?;
    let folder = url.path().trim_matches('/');
    if folder.is_empty() {
        return Ok(Arc::new(store));
    }
    let folder = Path::parse(folder).map_err(|e| e.to_string())?;
    Ok(Arc::new(PrefixStore::new(store, folder)))
}

/// Writes a small file, reads it and deletes it again, so that a wrong key is known before somebody's picture is lost.
///
/// # Errors
/// A sentence that says what the store refused.
pub async fn probe(store: &dyn ObjectStore) -> Result<(), String> {
    let path = Path::from(secret::random(".probe-"));
    let all = async {
        store.put(&path, PutPayload::from_static(b"Rapport")).await?;
        let read = store.get(&path).await?.bytes().await?;
        store.delete(&path).await?;
        Ok::<_, object_store::Error>(read)
    };
    match all.await {
        Ok(read) if read.as_ref() == b"Rapport" => Ok(()),
        Ok(_) => Err("what was written is not what was read".into()),
        Err(error) => Err(error.to_string()),
    }
}

/// Requests by the client that the rest of Rapport has, so that there is one of its kind.
#[derive(Debug)]
struct Connector;

impl HttpConnector for Connector {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        let client = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(5))
            .read_timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|e| object_store::Error::Generic { store: "S3", source: Box::new(e) })?;
        Ok(HttpClient::new(Client(client)))
    }
}

#[derive(Debug)]
struct Client(reqwest::Client);

type Answer = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send>>;

impl HttpService for Client {
    fn call<'a, 'b>(
        &'a self,
        request: HttpRequest,
    ) -> Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'b>>
    where
        'a: 'b,
        Self: 'b,
    {
        let client = self.0.clone();
        let answer: Answer = Box::pin(async move {
            let request = reqwest::Request::try_from(request.map(reqwest::Body::wrap));
            let answer = client.execute(request.map_err(said)?).await.map_err(said)?;
            let (parts, body) = axum::http::Response::<reqwest::Body>::from(answer).into_parts();
            let body = HttpResponseBody::new(body.map_err(said));
            Ok(HttpResponse::from_parts(parts, body))
        });
        answer
    }
}

/// What became of a request, so that the store knows whether to try again.
fn said(error: reqwest::Error) -> HttpError {
    let kind = match &error {
        e if e.is_timeout() => HttpErrorKind::Timeout,
        e if e.is_connect() => HttpErrorKind::Connect,
        e if e.is_decode() => HttpErrorKind::Decode,
        e if e.is_request() => HttpErrorKind::Request,
        e if e.is_body() => HttpErrorKind::Interrupted,
        _ => HttpErrorKind::Unknown,
    };
    HttpError::new(kind, error.without_url())
}

#[cfg(test)]
mod tests {
    use super::remote;

    #[test]
    fn an_address_that_is_wrong_is_refused_by_what_is_wrong() {
        let keys = || {
            [("AWS_ACCESS_KEY_ID", "key"), ("AWS_SECRET_ACCESS_KEY", "secret")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into_iter()
        };
        for (address, problem) in [
            ("data/files", "relative URL without a base"),
            ("ftp://files", "ftp:// is not known"),
            ("s3:///files", "it names no bucket"),
            ("s3://key:secret@files", "keys do not belong into the address"),
            ("s3://files?endpoint=minio", "endpoint=minio is no address"),
            ("s3://files?zone=eu", "zone is not known"),
            ("s3://files?style=old", "style is not known"),
        ] {
            let said = remote(address, keys()).err().unwrap_or_default();
            assert!(said.contains(problem), "{address}: {said}");
        }
        for right in [
            "s3://files?region=eu-central-1",
            "s3://files/rapport/one?region=us-east-1&endpoint=http://127.0.0.1:9000&style=path",
        ] {
            assert!(remote(right, keys()).is_ok(), "{right}");
        }
    }
}
