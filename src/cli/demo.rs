//! `rapport demo`.

use std::time::Instant;

use clap::Args;
use rapport::id::TeammateId;
use rapport::server::clock::Clock;
use rapport::server::db::Db;
use rapport::server::geo::Geo;
use rapport::server::secret;
use rapport::server::state::AppState;
use rapport::{demo, workspace};

use super::settings::Settings;

/// Fill a workspace with made-up customers to look around in, once; without a workspace it makes one
///
/// They are the same every time: people, companies, events, notes and conversations in several languages, and
/// teammates who wrote to them. Stopped at any time and started again, it goes on from where it was.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  rapport demo\n  rapport demo --people 1000000 --events 3000000 --database-url sqlite://data/large.db"
)]
pub struct Demo {
    /// How many people
    #[arg(long, default_value_t = demo::Plan::default().people, value_parser = clap::value_parser!(i64).range(1..=100_000_000))]
    people: i64,
    /// How many events they have in all [default: twelve a person]
    #[arg(long, value_parser = clap::value_parser!(i64).range(0..=1_000_000_000))]
    events: Option<i64>,
    /// The workspace's app_id, where there is more than one
    #[arg(long)]
    workspace: Option<String>,
    /// Databases in MaxMind's format that say where IP addresses are, separated by commas
    #[arg(long, env = "RAPPORT_GEOIP_DB", value_delimiter = ',')]
    geoip_db: Vec<String>,
}

impl Demo {
    /// Makes customers up with a bar, and says how many there are.
    pub async fn run(self, settings: &Settings) -> Result<(), String> {
        settings.log()?;
        let geo = Geo::open(self.geoip_db).map_err(|e| format!("RAPPORT_GEOIP_DB: {e}"))?;
        let plan =
            demo::Plan { people: self.people, events: self.events.unwrap_or(self.people * 12) };
        let (db, _hold) = settings.open().await?;
        if self.workspace.is_none() && !workspace::any(&db).await.map_err(|e| e.to_string())? {
            make_workspace(&db).await?;
        }
        let workspace =
            workspace::choose(&db, self.workspace.as_deref()).await.map_err(|e| e.to_string())?;
        let mut app = AppState::new(db, Clock::System, false);
        app.geo = geo;
        let found = demo::find(&app, workspace).await.map_err(|e| e.to_string())?;
        if let Some(made) = found.filter(demo::Made::is_done) {
            let people = made.plan.people;
            println!("The workspace has its {people} made-up people already. Nothing was changed.");
            return Ok(());
        }
        let began = Instant::now();
        let made = demo::begin(&app, workspace, TeammateId(0), plan).await;
        let mut made = made.map_err(|e| e.to_string())?;
        let plan = made.plan;
        let bar = indicatif::ProgressBar::new(plan.people.unsigned_abs());
        let style = "{bar:32} {percent}% {per_sec}, {eta} left";
        bar.set_style(indicatif::ProgressStyle::with_template(style).map_err(|e| e.to_string())?);
        while demo::step(&app, workspace, &mut made).await.map_err(|e| e.to_string())? {
            bar.set_position(made.next.unsigned_abs());
        }
        bar.finish_and_clear();
        println!(
            "{} people in {} companies, {} events and {} conversations in {:.1} s",
            plan.people,
            plan.companies(),
            plan.events,
            plan.conversations(),
            began.elapsed().as_secs_f64()
        );
        Ok(())
    }
}

/// Makes a workspace with an admin, and says how to sign in.
async fn make_workspace(db: &Db) -> Result<(), String> {
    let (email, password) = ("demo@example.com", secret::random(""));
    let new = workspace::New {
        workspace: "Demo".into(),
        name: "Demo Admin".into(),
        email: email.into(),
        password: password.clone(),
    };
    workspace::create(db, new, Clock::System.now()).await.map_err(|e| e.to_string())?;
    println!("Made a workspace. Sign in as {email} with the password {password}");
    println!("The password is shown this once: keep it, or change it after signing in.");
    Ok(())
}
