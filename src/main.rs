//! The command line: `serve`, `init`, `import` and `version`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Parser, Subcommand};
use rapport::server::clock::Clock;
use rapport::server::db::Db;
use rapport::server::geo::Geo;
use rapport::server::http;
use rapport::server::peer;
use rapport::server::state::AppState;
use rapport::{import, workspace};

/// Rapport: a self-hosted customer inbox built on profiles.
#[derive(Parser)]
#[command(version)]
struct Cli {
    /// Where the data is: sqlite://PATH (made when missing) or postgres://USER@HOST/NAME
    #[arg(
        long,
        env = "RAPPORT_DATABASE_URL",
        global = true,
        default_value = "sqlite://data/rapport.db"
    )]
    database_url: String,
    /// Where files are kept that are not in the database, such as uploads on their way
    #[arg(long, env = "RAPPORT_DATA_DIR", global = true, default_value = "data")]
    data_dir: PathBuf,
    /// What to log, for example info or rapport=debug
    #[arg(long, env = "RAPPORT_LOG", global = true, default_value = "info")]
    log: String,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve over HTTP until told to stop
    Serve {
        /// The address and port to listen on
        #[arg(long, env = "RAPPORT_ADDR", default_value = "127.0.0.1:3000")]
        addr: SocketAddr,
        /// The address that browsers use; with https, cookies travel over it only
        #[arg(long, env = "RAPPORT_PUBLIC_URL", default_value = "http://127.0.0.1:3000")]
        public_url: String,
        /// Databases in MaxMind's format that say where IP addresses are, separated by commas
        #[arg(long, env = "RAPPORT_GEOIP_DB", value_delimiter = ',')]
        geoip_db: Vec<PathBuf>,
        /// Addresses and networks of proxies whose X-Forwarded-For is believed, separated by commas
        #[arg(long, env = "RAPPORT_TRUSTED_PROXIES", default_value = "")]
        trusted_proxies: String,
        /// Let anyone look at the sample shop, /demo/site?app_id=…, not only teammates
        #[arg(long, env = "RAPPORT_DEMO_SITE")]
        demo_site: bool,
    },
    /// Create a workspace and its first admin, and print its keys
    Init(Init),
    /// Import people, companies or events from a CSV file; started again, it adds only what is missing
    Import(ImportArgs),
    /// Write people, companies or events as a CSV file that import reads
    Export {
        /// What a row is
        kind: ImportKind,
        /// The file to write [default: standard output]
        file: Option<PathBuf>,
        /// The workspace's app_id, where there is more than one
        #[arg(long)]
        workspace: Option<String>,
    },
    /// Print the version
    Version,
}

#[derive(Args)]
struct Init {
    /// The workspace's name
    #[arg(long)]
    workspace: String,
    /// The admin's name
    #[arg(long)]
    name: String,
    /// The admin's e-mail address; nothing changes where it has an account already
    #[arg(long)]
    email: String,
    /// A file whose first line is the password, of at least 10 characters
    #[arg(long)]
    password_file: PathBuf,
    /// Print the keys as one line of JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum ImportKind {
    /// A person a row; columns are attributes
    Contacts,
    /// A company a row; columns are attributes
    Companies,
    /// An event a row; columns are its metadata
    Events,
}

impl From<ImportKind> for import::Kind {
    fn from(kind: ImportKind) -> Self {
        match kind {
            ImportKind::Contacts => Self::Contacts,
            ImportKind::Companies => Self::Companies,
            ImportKind::Events => Self::Events,
        }
    }
}

#[derive(Args)]
struct ImportArgs {
    /// What a row is
    kind: ImportKind,
    /// A CSV file with a header line, in UTF-8 or UTF-16
    file: PathBuf,
    /// What a column means, as COLUMN=MEANING: user_id, company_id, event, timestamp, properties, a name of your own,
    /// or - for nothing
    #[arg(long, value_delimiter = ',', value_parser = pair)]
    map: Vec<(String, String)>,
    /// The name of every event, where no column has it
    #[arg(long)]
    event: Option<String>,
    /// The workspace's app_id, where there is more than one
    #[arg(long)]
    workspace: Option<String>,
    /// Where rejected rows go [default: FILE.rejected.csv]
    #[arg(long)]
    rejects: Option<PathBuf>,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (column, meaning) = text.split_once('=').ok_or("expected COLUMN=MEANING")?;
    Ok((column.trim().to_owned(), meaning.trim().to_owned()))
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("rapport: {message}");
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> Result<(), String> {
    if matches!(cli.command, Command::Version) {
        println!("rapport {}", env!("CARGO_PKG_VERSION"));
        return Ok(());
    }
    let filter = tracing_subscriber::EnvFilter::try_new(&cli.log).map_err(|e| {
        format!("RAPPORT_LOG: {e}; expected a filter such as info or rapport=debug")
    })?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
        .init();
    let db = open(&cli.database_url).await?;
    match cli.command {
        Command::Serve { addr, public_url, geoip_db, trusted_proxies, demo_site } => {
            if !public_url.starts_with("http://") && !public_url.starts_with("https://") {
                return Err("RAPPORT_PUBLIC_URL: expected http://HOST or https://HOST".into());
            }
            let mut app = AppState::new(db, Clock::System, public_url.starts_with("https://"));
            app.geo = Geo::open(geoip_db).map_err(|e| format!("RAPPORT_GEOIP_DB: {e}"))?;
            app.data_dir = cli.data_dir;
            app.demo_site = demo_site;
            app.trusted_proxies = peer::networks(&trusted_proxies)
                .map_err(|e| format!("RAPPORT_TRUSTED_PROXIES: {e}"))?;
            http::serve(Arc::new(app), addr).await.map_err(|e| format!("RAPPORT_ADDR {addr}: {e}"))
        }
        Command::Init(init) => create(&db, init).await,
        Command::Import(args) => bring_in(db, args).await,
        Command::Export { kind, file, workspace } => take_out(&db, kind, file, workspace).await,
        Command::Version => Ok(()),
    }
}

async fn open(url: &str) -> Result<Db, String> {
    let expected = "expected sqlite://PATH or postgres://USER@HOST/NAME";
    let path = url.strip_prefix("sqlite://");
    if path.is_none() && !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        return Err(format!("RAPPORT_DATABASE_URL: {expected}"));
    }
    if let Some(folder) = path.and_then(|p| std::path::Path::new(p).parent()) {
        std::fs::create_dir_all(folder)
            .map_err(|e| format!("RAPPORT_DATABASE_URL: {}: {e}", folder.display()))?;
    }
    Db::open(url).await.map_err(|e| format!("RAPPORT_DATABASE_URL: {e}; {expected}"))
}

async fn create(db: &Db, init: Init) -> Result<(), String> {
    let file = init.password_file.display().to_string();
    let text = std::fs::read_to_string(&init.password_file)
        .map_err(|e| format!("--password-file {file}: {e}"))?;
    let password = text.lines().next().unwrap_or_default().to_owned();
    let new =
        workspace::New { workspace: init.workspace, name: init.name, email: init.email, password };
    let created =
        workspace::create(db, new, Clock::System.now()).await.map_err(|e| e.to_string())?;
    if init.json {
        println!("{}", serde_json::to_string(&created).map_err(|e| e.to_string())?);
    } else {
        println!("app_id           {}", created.app_id);
        println!("api_token        {}", created.api_token);
        println!("write_key        {}", created.write_key);
        println!("identity_secret  {}", created.identity_secret);
        println!("The tokens are shown this once: keep them.");
    }
    Ok(())
}

async fn take_out(
    db: &Db,
    kind: ImportKind,
    file: Option<PathBuf>,
    workspace: Option<String>,
) -> Result<(), String> {
    let workspace = workspace::choose(db, workspace.as_deref()).await.map_err(|e| e.to_string())?;
    let kind = kind.into();
    let rows = match &file {
        Some(path) => {
            let problem = |e: std::io::Error| format!("{}: {e}", path.display());
            let out = std::io::BufWriter::new(std::fs::File::create(path).map_err(problem)?);
            import::export(db, workspace, kind, out).await?
        }
        None => import::export(db, workspace, kind, std::io::stdout().lock()).await?,
    };
    eprintln!("{rows} rows written");
    Ok(())
}

async fn bring_in(db: Db, args: ImportArgs) -> Result<(), String> {
    let workspace =
        workspace::choose(&db, args.workspace.as_deref()).await.map_err(|e| e.to_string())?;
    let kind = args.kind.into();
    let rejects = args.rejects.unwrap_or_else(|| {
        let mut name = args.file.clone().into_os_string();
        name.push(".rejected.csv");
        name.into()
    });
    let size =
        std::fs::metadata(&args.file).map_err(|e| format!("{}: {e}", args.file.display()))?.len();
    let bar = indicatif::ProgressBar::new(size);
    let style = "{bar:32} {percent}% {bytes_per_sec}, {eta} left {msg}";
    bar.set_style(indicatif::ProgressStyle::with_template(style).map_err(|e| e.to_string())?);
    let app = AppState::new(db, Clock::System, false);
    let import = import::Import {
        kind,
        file: args.file,
        map: args.map,
        event: args.event,
        rejects: rejects.clone(),
    };
    let mut running = import::Running::open(&import)?;
    while running.step(&app, workspace).await? {
        let p = running.progress();
        bar.set_position(p.bytes);
        bar.set_message(format!("{} rows", p.written + p.known));
    }
    let done = running.progress();
    bar.finish_and_clear();
    println!(
        "{} rows written, {} known before, {} rejected",
        done.written, done.known, done.rejected
    );
    if done.rejected > 0 {
        println!("Rejected rows with their reasons: {}", rejects.display());
    }
    Ok(())
}
