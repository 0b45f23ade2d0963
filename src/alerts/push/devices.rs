//! The browsers of each teammate that are told.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use url::Url;
use web_push_native::p256::PublicKey;

use crate::alerts::Device;
use crate::error::Error;
use crate::id::DeviceId;
use crate::run;
use crate::server::dates::Dates;
use crate::server::db::{Changed, Conn, Write};
use crate::server::reach::is_allowed;
use crate::server::secret;
use crate::stream;
use crate::teammates::Viewer;
use crate::time::Time;
use crate::tracking::device;

/// How many browsers of a teammate are told; who adds another loses the oldest.
const MOST: i64 = 20;
/// The longest address of a push service that is taken.
const ENDPOINT: usize = 1_000;

/// What a browser says of itself when it lets itself be told (`PushSubscription.toJSON`).
#[derive(Deserialize)]
struct Subscription {
    endpoint: String,
    keys: Keys,
}

#[derive(Deserialize)]
struct Keys {
    p256dh: String,
    auth: String,
}

/// What a browser says of itself, once it makes sense.
///
/// # Errors
/// [`Error::Invalid`] for what no browser says, and for a push service that is not reached by https in public.
fn read(subscription: &str, private: bool) -> Result<Subscription, Error> {
    let wrong = |said: &str| Error::invalid("subscription", said);
    let found: Subscription = serde_json::from_str(subscription)
        .map_err(|_| wrong("this browser did not say how it is reached"))?;
    let address = Url::parse(&found.endpoint).ok().filter(|_| found.endpoint.len() <= ENDPOINT);
    let address = address.ok_or_else(|| wrong("this browser's push service has no address"))?;
    if !is_allowed(&address, private) {
        return Err(wrong("this browser's push service is not reached by https in public"));
    }
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).unwrap_or_default();
    let public = PublicKey::from_sec1_bytes(&bytes(&found.keys.p256dh));
    if public.is_err() || bytes(&found.keys.auth).len() != 16 {
        return Err(wrong("this browser's keys are none"));
    }
    Ok(found)
}

/// Adds the browser of a session. It is told of what comes from now on.
///
/// # Errors
/// [`Error::Invalid`] for what no browser says, and for a push service that is not reached by https in public.
pub async fn add(
    w: &mut Write<'_>,
    session: &str,
    agent: &str,
    subscription: &str,
) -> Result<(), Error> {
    let Subscription { endpoint, keys } = read(subscription, w.app.push.private)?;
    let session = secret::hash(session);
    // A browser has one address, whoever uses it: it is told for whoever said so last.
    let old = "delete from push_devices where endpoint = $1 or session_hash = $2";
    let _: Changed = run!(w.conn, |c| sqlx::query(old).bind(&endpoint).bind(&session).execute(c))?;
    let seq = stream::last_seq(&mut w.conn, w.workspace).await?;
    let id = w.app.db.next_id()?;
    let sql = "insert into push_devices (workspace_id, id, teammate_id, session_hash, endpoint, p256dh, auth, user_agent, \
               created_at, told_seq) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(id)
            .bind(w.actor)
            .bind(&session)
            .bind(&endpoint)
            .bind(&keys.p256dh)
            .bind(&keys.auth)
            .bind(agent)
            .bind(w.now)
            .bind(seq)
            .execute(c)
    })?;
    let more = "delete from push_devices where workspace_id = $1 and teammate_id = $2 and id not in \
                (select id from push_devices where workspace_id = $1 and teammate_id = $2 order by created_at desc, id desc limit $3)";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(more).bind(w.workspace).bind(w.actor).bind(MOST).execute(c)
    })?;
    Ok(())
}

/// Goes on telling a browser that the actor let be told: in another session, whose news begin now, or under another
/// address of its push service. `before` is the address that it had.
///
/// # Errors
/// As [`add`], and [`Error::NotFound`] for a browser that the actor never let be told, or that was forgotten.
pub async fn renew(
    w: &mut Write<'_>,
    session: &str,
    subscription: &str,
    before: &str,
) -> Result<(), Error> {
    let Subscription { endpoint, keys } = read(subscription, w.app.push.private)?;
    let seq = stream::last_seq(&mut w.conn, w.workspace).await?;
    let sql = "update push_devices set endpoint = $1, p256dh = $2, auth = $3, session_hash = $4, \
               told_seq = case when session_hash = $4 then told_seq else $5 end \
               where workspace_id = $6 and teammate_id = $7 and endpoint = $8 \
               and ($8 = $1 or not exists (select 1 from push_devices o where o.endpoint = $1))";
    let done: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(&endpoint)
            .bind(&keys.p256dh)
            .bind(&keys.auth)
            .bind(secret::hash(session))
            .bind(seq)
            .bind(w.workspace)
            .bind(w.actor)
            .bind(before)
            .execute(c)
    })?;
    if done == Changed(0) { Err(Error::NotFound) } else { Ok(()) }
}

/// Forgets one of the actor's browsers.
///
/// # Errors
/// [`Error::NotFound`] when they have no such browser.
pub async fn remove(w: &mut Write<'_>, id: DeviceId) -> Result<(), Error> {
    let sql = "delete from push_devices where workspace_id = $1 and teammate_id = $2 and id = $3";
    let done: Changed =
        run!(w.conn, |c| { sqlx::query(sql).bind(w.workspace).bind(w.actor).bind(id).execute(c) })?;
    if done == Changed(0) { Err(Error::NotFound) } else { Ok(()) }
}

/// A teammate's browsers, the one of this session first, then the newest.
pub async fn list(
    c: &mut Conn,
    dates: &Dates,
    viewer: &Viewer,
    session: &str,
) -> Result<Vec<Device>, Error> {
    let sql = "select d.id, d.session_hash, d.user_agent, d.created_at, d.told_at from push_devices d \
               join teammate_sessions s on s.token_hash = d.session_hash \
               where d.workspace_id = $1 and d.teammate_id = $2 and s.expires_at > $3 order by d.created_at desc, d.id desc";
    type Row = (DeviceId, String, String, Time, Time);
    let rows: Vec<Row> = run!(c, |x| {
        sqlx::query_as::<_, Row>(sql)
            .bind(viewer.workspace)
            .bind(viewer.id)
            .bind(dates.now())
            .fetch_all(x)
    })?;
    let mine = secret::hash(session);
    let mut devices: Vec<_> = rows
        .into_iter()
        .map(|(id, session, agent, since, told)| Device {
            id,
            name: name(&agent),
            since: dates.stamp(since),
            told: (told.0 > 0).then(|| dates.stamp(told)),
            here: session == mine,
        })
        .collect();
    devices.sort_by_key(|device| !device.here);
    Ok(devices)
}

/// `Chrome on Android`, as far as it can be told.
fn name(agent: &str) -> String {
    let (browser, _, os) = device(agent);
    match (browser, os) {
        (Some(browser), Some(os)) => format!("{browser} on {os}"),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => "A browser".into(),
    }
}
