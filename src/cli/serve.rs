//! `rapport serve`.

use std::future::IntoFuture as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use rapport::server::clock::Clock;
use rapport::server::geo::Geo;
use rapport::server::mail::{CONNECTIONS, Mailer};
use rapport::server::state::AppState;
use rapport::server::{assets, http, metrics, peer};
use tokio::net::TcpListener;
use url::Url;

use super::settings::Settings;
use super::site::Site;

/// How long running requests may take to finish after the process is told to stop.
const PATIENCE: Duration = Duration::from_secs(30);

/// Serve over HTTP until told to stop
///
/// SIGTERM and Ctrl-C stop it: running requests finish, at most 30 seconds long, and open pages connect again by
/// themselves once it is back.
#[derive(Args)]
#[command(
    after_help = "Example:\n  RAPPORT_PUBLIC_URL=https://inbox.example.com rapport serve --addr 127.0.0.1:3000"
)]
pub struct Serve {
    /// The address and port to listen on
    #[arg(long, env = "RAPPORT_ADDR", default_value = "127.0.0.1:3000")]
    addr: String,
    /// The address that browsers use; with https, cookies travel over it only
    #[arg(long, env = "RAPPORT_PUBLIC_URL", default_value = "http://127.0.0.1:3000")]
    public_url: String,
    /// The mail server: smtps://USER:PASSWORD@HOST, or smtp://HOST:PORT?tls=required for STARTTLS
    #[arg(long, env = "RAPPORT_SMTP_URL", hide_env_values = true)]
    smtp_url: Option<String>,
    /// The sender of mails, such as Rapport <rapport@example.com>; needed with a mail server
    #[arg(long, env = "RAPPORT_MAIL_FROM")]
    mail_from: Option<String>,
    /// How many connections to the mail server outbound messages use side by side, from 1 to 100
    #[arg(long, env = "RAPPORT_SMTP_CONNECTIONS", default_value = "10")]
    smtp_connections: String,
    /// Databases in MaxMind's format that say where IP addresses are, separated by commas
    #[arg(long, env = "RAPPORT_GEOIP_DB", value_delimiter = ',')]
    geoip_db: Vec<String>,
    /// Addresses and networks of proxies whose X-Forwarded-For is believed, separated by commas
    #[arg(long, env = "RAPPORT_TRUSTED_PROXIES", default_value = "")]
    trusted_proxies: String,
    /// Where to answer GET /metrics for Prometheus, an address and port that only you reach; nowhere by default
    #[arg(long, env = "RAPPORT_METRICS_ADDR")]
    metrics_addr: Option<String>,
    /// Also tell browsers whose push service has a private address or no TLS: one of your own
    #[arg(long, env = "RAPPORT_PRIVATE_PUSH", num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false")]
    private_push: String,
    /// Also fetch pictures of people from private addresses and without TLS: those of your own network
    #[arg(long, env = "RAPPORT_PRIVATE_PICTURES", num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false")]
    private_pictures: String,
    /// Also tell webhooks at private addresses and without TLS: those of your own network
    #[arg(long, env = "RAPPORT_WEBHOOKS_PRIVATE", num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false")]
    webhooks_private: String,
    /// Let anyone look at the sample shop, /demo/site?app_id=…, not only teammates
    #[arg(long, env = "RAPPORT_DEMO_SITE", num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false")]
    demo_site: String,
}

impl Serve {
    /// Serves until the process is told to stop. Every setting is looked at before the database is.
    pub async fn run(self, settings: &Settings) -> Result<(), String> {
        settings.log()?;
        let addr = listening("RAPPORT_ADDR", &self.addr)?;
        let given = self.metrics_addr.as_deref().filter(|addr| !addr.trim().is_empty());
        let metrics_addr = given.map(|addr| listening("RAPPORT_METRICS_ADDR", addr)).transpose()?;
        let secure = is_secure(&self.public_url)?;
        let demo_site = switch("RAPPORT_DEMO_SITE", &self.demo_site)?;
        let private_push = switch("RAPPORT_PRIVATE_PUSH", &self.private_push)?;
        let private_pictures = switch("RAPPORT_PRIVATE_PICTURES", &self.private_pictures)?;
        let private_webhooks = switch("RAPPORT_WEBHOOKS_PRIVATE", &self.webhooks_private)?;
        let geo = Geo::open(&self.geoip_db).map_err(|e| format!("RAPPORT_GEOIP_DB: {e}"))?;
        let trusted = peer::networks(&self.trusted_proxies)
            .map_err(|e| format!("RAPPORT_TRUSTED_PROXIES: {e}"))?;
        let connections = connections(&self.smtp_connections)?;
        let mail = mailer(self.smtp_url.as_deref(), self.mail_from.as_deref())?;
        let mail = mail.map(|mail| mail.with_connections(connections));
        settings.folder()?;
        let files = settings.files().await?;
        let (db, _hold) = settings.open_to_serve().await?;
        let mut app = AppState::new(db, Clock::System, secure);
        app.geo = geo;
        app.mail = mail;
        app.public_url = self.public_url.trim_end_matches('/').to_owned();
        app.data_dir = files.folder;
        if let Some(store) = files.store {
            app.keep_files_in(store);
        }
        app.trusted_proxies = trusted;
        app.demo_site = demo_site;
        app.push.private = private_push;
        app.pictures.private = private_pictures;
        app.webhooks.private = private_webhooks;
        let app = Arc::new(app);
        if let Some(addr) = metrics_addr {
            let routes = metrics::router(app.clone(), metrics::begin()?);
            let listener = bound("RAPPORT_METRICS_ADDR", addr).await?;
            tokio::spawn(axum::serve(listener, routes).into_future());
        }
        assets::carry::<Site>();
        let listener = bound("RAPPORT_ADDR", addr).await?;
        let served = http::serve(app, listener, stop_signal(), PATIENCE).await;
        served.map_err(|e| unusable("RAPPORT_ADDR", addr, &e))
    }
}

/// What mail goes out by: nothing unless there is a mail server, and then with a sender.
fn mailer(url: Option<&str>, from: Option<&str>) -> Result<Option<Mailer>, String> {
    let given =
        |text: Option<&str>| text.map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
    let Some(url) = given(url) else { return Ok(None) };
    let from = given(from).unwrap_or_default();
    Mailer::new(&url, &from).map(Some)
}

/// How many connections to the mail server there may be.
fn connections(text: &str) -> Result<usize, String> {
    match text.trim() {
        "" => Ok(CONNECTIONS),
        text => text.parse().ok().filter(|n| (1..=100).contains(n)).ok_or_else(|| {
            format!("RAPPORT_SMTP_CONNECTIONS: {text}: expected a number from 1 to 100")
        }),
    }
}

/// Whether something is switched on.
fn switch(name: &str, text: &str) -> Result<bool, String> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Ok(true),
        "false" | "0" | "no" | "off" | "" => Ok(false),
        _ => Err(format!("{name}: {text}: expected true or false")),
    }
}

fn listening(name: &str, text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| {
        format!("{name}: {text}: expected an address and a port such as 127.0.0.1:3000")
    })
}

async fn bound(name: &str, addr: SocketAddr) -> Result<TcpListener, String> {
    TcpListener::bind(addr).await.map_err(|e| unusable(name, addr, &e))
}

fn unusable(name: &str, addr: SocketAddr, error: &std::io::Error) -> String {
    format!("{name}: {addr}: {error}; expected an address of this machine and a free port")
}

/// Whether browsers come by https. Pages are at the root of a host, so that an address with a path would lead nowhere.
fn is_secure(text: &str) -> Result<bool, String> {
    let bare = |u: &Url| u.host().is_some() && u.path() == "/" && u.query().is_none();
    let url = Url::parse(text).ok().filter(bare);
    match url.as_ref().map(Url::scheme) {
        Some("https") => Ok(true),
        Some("http") => Ok(false),
        _ => Err(format!("RAPPORT_PUBLIC_URL: {text}: expected http://HOST or https://HOST")),
    }
}

async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
