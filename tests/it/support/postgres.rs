//! One throw-away PostgreSQL for all tests of this process.
//!
//! A static is never dropped, so a guard looks after it: a small shell, which starts the server, waits until its standard
//! input ends (that is when this process is gone, however it went), stops the server and removes its folder.

use std::{
    env,
    ffi::OsString,
    fmt::Write as _,
    fs,
    io::Write as _,
    os::unix::{
        fs::{MetadataExt, chown},
        process::CommandExt,
    },
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{
        Mutex, OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use sea_orm::{ConnectionTrait, Database};
use tokio::sync::OnceCell;

/// Tests on PostgreSQL fail, rather than being skipped, when this variable is 1 and PostgreSQL is not there.
const REQUIRE: &str = "THINKFAMILY_REQUIRE_POSTGRES";
const USER: &str = "thinkfamily";
const TEMPLATE: &str = "thinkfamily_migrated";

const GUARD: &str = r#"
folder=$1; shift
"$@" &
server=$!
cat > /dev/null
# A test may have killed it and started another in its place.
server=$(head -n 1 "$folder/data/postmaster.pid" || echo "$server")
kill -QUIT "$server"
wait
tries=0
while kill -0 "$server" 2> /dev/null && [ "$tries" -lt 50 ]; do sleep 0.1; tries=$((tries + 1)); done
rm -rf "$folder"
"#;

/// A running server.
pub(crate) struct Postgres {
    folder: PathBuf,
    programs: PathBuf,
    template: OnceCell<()>,
    /// How it is started.
    command: Vec<OsString>,
    /// The one that runs in its place since it was ended.
    again: Mutex<Option<Child>>,
    /// Holds the guard's standard input, which ends with this process.
    _guard: Child,
}

/// The server of this process, started by whoever asks first; none if PostgreSQL is not installed, which is told once.
pub(crate) fn server() -> Option<&'static Postgres> {
    static SERVER: OnceLock<Option<Postgres>> = OnceLock::new();
    SERVER
        .get_or_init(|| {
            if let Some(programs) = programs() {
                return Some(Postgres::start(programs));
            }
            // The test harness would keep what a test that passes prints to itself.
            let mut past_the_harness = std::io::stderr();
            past_the_harness.write_all(b"skipped: PostgreSQL not found\n").unwrap();
            None
        })
        .as_ref()
        .or_else(|| {
            assert!(
                env::var(REQUIRE).as_deref() != Ok("1"),
                "PostgreSQL not found, and {REQUIRE}=1"
            );
            None
        })
}

/// A server of one test's own, to be ill-treated; it ends with the test. None if PostgreSQL is not installed.
pub(crate) fn own() -> Option<Postgres> {
    server()?;
    programs().map(Postgres::start)
}

/// The folder of the newest PostgreSQL programs.
fn programs() -> Option<PathBuf> {
    let on_path = env::split_paths(&env::var_os("PATH").unwrap_or_default()).collect::<Vec<_>>();
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let entry = entry.ok()?;
            Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin")))
        })
        .collect();
    versions.sort();
    on_path
        .into_iter()
        .chain(versions.into_iter().rev().map(|(_, folder)| folder))
        .find(|folder| {
            ["initdb", "postgres", "pg_isready", "dropdb", "pg_basebackup"]
                .iter()
                .all(|program| folder.join(program).exists())
        })
}

impl Postgres {
    fn start(programs: PathBuf) -> Self {
        let filled = Filled::by(programs, "initdb", |data| {
            let how = ["-A", "trust", "-U", USER, "-E", "UTF8", "--locale=C", "--no-sync", "-D"];
            let mut how: Vec<OsString> = how.map(OsString::from).into();
            how.push(data.into());
            how
        });
        filled.start()
    }

    /// A standby of this one, which repeats what it commits; it ends with the test.
    pub(crate) fn standby(&self) -> Self {
        self.base_backup(&["--write-recovery-conf"]).start()
    }

    /// A copy of its folder as it is, which nobody serves from yet.
    pub(crate) fn base_backup(&self, more: &[&str]) -> Filled {
        Filled::by(self.programs.clone(), "pg_basebackup", |data| {
            let how = ["-U", USER, "--no-sync", "--checkpoint=fast", "-h"];
            let mut how: Vec<OsString> = how.map(OsString::from).into();
            how.extend([self.folder.clone().into(), "-D".into(), data.into()]);
            how.extend(more.iter().map(OsString::from));
            how
        })
    }

    /// Has it keep what it writes in an archive from now on, and gives the archive's folder.
    pub(crate) async fn keep_archive(&self) -> PathBuf {
        let archive = self.folder.join("archive");
        fs::create_dir(&archive).unwrap();
        let of = fs::metadata(&self.folder).unwrap();
        chown(&archive, Some(of.uid()), Some(of.gid())).unwrap();
        let command = format!("test ! -f {0}/%f && cp %p {0}/%f", archive.display());
        self.statement("ALTER SYSTEM SET archive_mode = on").await;
        self.statement(&format!("ALTER SYSTEM SET archive_command = '{command}'"))
            .await;
        self.end("INT");
        self.start_again();
        archive
    }

    /// Has it start as a standby the next time, of nobody.
    pub(crate) fn will_be_standby(&self, standby: bool) {
        let file = self.folder.join("data/standby.signal");
        if standby {
            fs::write(file, "").unwrap();
        } else {
            fs::remove_file(file).unwrap();
        }
    }

    /// Puts a copy in the place of its own folder, once it has ended.
    pub(crate) fn put_back(&self, copy: &Filled) {
        fs::rename(self.folder.join("data"), self.folder.join("lost")).unwrap();
        fs::rename(copy.folder.join("data"), self.folder.join("data")).unwrap();
    }

    /// Starts it again after it has ended, and waits until it answers.
    pub(crate) fn start_again(&self) {
        let log = fs::OpenOptions::new()
            .append(true)
            .open(self.folder.join("log"))
            .unwrap();
        let started = Command::new(&self.command[0])
            .args(&self.command[1..])
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .process_group(0)
            .spawn()
            .unwrap();
        *self.again.lock().unwrap() = Some(started);
        self.wait_until_ready();
    }

    /// Sends a signal to all of its processes.
    pub(crate) fn signal(&self, signal: &str) {
        kill(signal, &self.processes());
    }

    /// Ends it with a signal to the first of its processes, and waits until all are gone.
    pub(crate) fn end(&self, signal: &str) {
        let processes = self.processes();
        kill(signal, &processes[..1]);
        if let Some(mut ended) = self.again.lock().unwrap().take() {
            ended.wait().unwrap();
        }
        for _ in 0..200 {
            if processes
                .iter()
                .all(|process| state(process).is_none_or(|(state, _)| state == "Z"))
            {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        // While nobody has asked what became of it, its number is still taken, and the next one would think that it runs.
        let _ = fs::remove_file(self.folder.join("data/postmaster.pid"));
        let _ = fs::remove_file(self.folder.join(".s.PGSQL.5432.lock"));
    }

    /// The server, and then those that it has started.
    fn processes(&self) -> Vec<String> {
        let file = fs::read_to_string(self.folder.join("data/postmaster.pid")).unwrap();
        let server = file.lines().next().unwrap();
        let all = fs::read_dir("/proc").unwrap();
        let all = all.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let children = all.filter(|process| state(process).is_some_and(|(_, parent)| parent == server));
        std::iter::once(server.to_owned()).chain(children).collect()
    }

    /// Ends every other connection.
    pub(crate) async fn terminate_connections(&self) {
        self.statement(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname IS NOT NULL",
        )
        .await;
    }

    fn wait_until_ready(&self) {
        for _ in 0..300 {
            let answer = Command::new(self.programs.join("pg_isready"))
                .arg("-q")
                .arg("-h")
                .arg(&self.folder)
                .status();
            if answer.unwrap().success() {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        panic!("PostgreSQL did not start:\n{log}");
    }

    /// The address of a database of this server.
    pub(crate) fn url(&self, database: &str) -> String {
        format!("postgres://{USER}@localhost/{database}?host={}", self.folder.display())
    }

    /// Makes a new database, with no tables, and gives its name.
    pub(crate) async fn create_empty(&self) -> String {
        self.create("template0").await
    }

    /// Makes a new database, migrated, and gives its name. `migrate` is called once a process, with the address of the
    /// database that all others are copied from.
    pub(crate) async fn create_migrated(&self, migrate: impl AsyncFnOnce(String)) -> String {
        self.template
            .get_or_init(|| async {
                self.statement(&format!("CREATE DATABASE {TEMPLATE} TEMPLATE template0"))
                    .await;
                migrate(self.url(TEMPLATE)).await;
            })
            .await;
        self.create(TEMPLATE).await
    }

    /// Drops a database, with whoever is still connected.
    pub(crate) fn drop_database(&self, name: &str) {
        let mut command = Command::new(self.programs.join("dropdb"));
        let dropped = command
            .args(["--force", "-U", USER, "-h"])
            .arg(&self.folder)
            .arg(name)
            .output();
        assert!(dropped.is_ok_and(|output| output.status.success()), "dropdb {name}");
    }

    async fn create(&self, template: &str) -> String {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let name = format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        self.statement(&format!("CREATE DATABASE {name} TEMPLATE {template}"))
            .await;
        name
    }

    /// Whether a statement succeeds.
    pub(crate) async fn succeeds(&self, sql: &str) -> bool {
        let db = Database::connect(self.url("postgres")).await.unwrap();
        let succeeded = db.execute_unprepared(sql).await.is_ok();
        db.close().await.unwrap();
        succeeded
    }

    /// Waits until it repeats nobody's commits any more.
    pub(crate) async fn becomes_primary(&self) {
        for _ in 0..300 {
            if self
                .succeeds("DO $$ BEGIN IF pg_is_in_recovery() THEN RAISE 'not yet'; END IF; END $$")
                .await
            {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("it stays a standby");
    }

    /// Runs a statement.
    pub(crate) async fn statement(&self, sql: &str) {
        let db = Database::connect(self.url("postgres")).await.unwrap();
        db.execute_unprepared(sql).await.unwrap();
        db.close().await.unwrap();
    }
}

/// The folder of a server that does not run yet.
pub(crate) struct Filled {
    folder: PathBuf,
    programs: PathBuf,
    run_as: Vec<OsString>,
}

impl Filled {
    /// One that a program fills.
    fn by(programs: PathBuf, fill: &str, how: impl FnOnce(&std::path::Path) -> Vec<OsString>) -> Self {
        // Not below the test's working folder: the path of a socket may have 107 bytes only.
        let folder = tempfile::Builder::new()
            .prefix("tf-pg-")
            .tempdir_in("/tmp")
            .unwrap()
            .keep();
        let mut run_as: Vec<OsString> = Vec::new();
        if fs::metadata(&folder).unwrap().uid() == 0 {
            let (uid, gid) = unprivileged();
            chown(&folder, Some(uid), Some(gid)).unwrap();
            run_as.extend([
                "setpriv".into(),
                format!("--reuid={uid}").into(),
                format!("--regid={gid}").into(),
            ]);
            run_as.push("--clear-groups".into());
        }
        let data = folder.join("data");
        let mut init = run_as.clone();
        init.push(programs.join(fill).into());
        init.extend(how(&data));
        let made = Command::new(&init[0])
            .args(&init[1..])
            .current_dir(&folder)
            .output()
            .unwrap();
        assert!(
            made.status.success(),
            "{fill}: {}",
            String::from_utf8_lossy(&made.stderr)
        );
        Self {
            folder,
            programs,
            run_as,
        }
    }

    /// Has it repeat what stands in an archive once it is started, up to a point that has a name, or to the end; then it is a server of its own.
    pub(crate) fn recover(&self, archive: &std::path::Path, point: Option<&str>) {
        let data = self.folder.join("data");
        let mut settings = fs::read_to_string(data.join("postgresql.auto.conf")).unwrap();
        let _ = writeln!(
            settings,
            "archive_mode = off\nrestore_command = 'cp {}/%f %p'",
            archive.display()
        );
        if let Some(point) = point {
            let _ = writeln!(
                settings,
                "recovery_target_name = '{point}'\nrecovery_target_action = promote"
            );
        }
        fs::write(data.join("postgresql.auto.conf"), settings).unwrap();
        fs::write(data.join("recovery.signal"), "").unwrap();
    }

    /// Serves from it.
    pub(crate) fn start(self) -> Postgres {
        let mut serve = self.run_as;
        serve.push(self.programs.join("postgres").into());
        serve.extend([
            OsString::from("-D"),
            self.folder.join("data").into(),
            "-k".into(),
            self.folder.clone().into(),
        ]);
        for setting in [
            "listen_addresses=",
            "max_connections=200",
            "fsync=on",
            "shared_buffers=64MB",
        ] {
            serve.extend(["-c".into(), setting.into()]);
        }
        let log = fs::File::create(self.folder.join("log")).unwrap();
        let guard = Command::new("/bin/sh")
            .args(["-c", GUARD, "guard"])
            .arg(&self.folder)
            .args(&serve)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            // What is sent to the tests' group, as from a terminal, must not reach the guard.
            .process_group(0)
            .spawn()
            .unwrap();
        let server = Postgres {
            folder: self.folder,
            programs: self.programs,
            template: OnceCell::new(),
            command: serve,
            again: Mutex::default(),
            _guard: guard,
        };
        server.wait_until_ready();
        server
    }
}

fn kill(signal: &str, processes: &[String]) {
    let sent = Command::new("kill").arg(format!("-{signal}")).args(processes).status();
    assert!(sent.unwrap().success());
}

/// The state and the parent of a process; none where there is no such process.
fn state(process: &str) -> Option<(String, String)> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // They come after the name, which stands in brackets and may hold anything.
    let mut words = stat.rsplit_once(')')?.1.split_whitespace();
    Some((words.next()?.to_owned(), words.next()?.to_owned()))
}

/// The user and group the server runs as when the tests run as root, which PostgreSQL refuses.
fn unprivileged() -> (u32, u32) {
    let users = fs::read_to_string("/etc/passwd").unwrap();
    ["postgres", "nobody"]
        .iter()
        .find_map(|wanted| {
            let line = users.lines().find(|line| line.split(':').next() == Some(wanted))?;
            let mut fields = line.split(':').skip(2);
            Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
        })
        .expect("a user postgres or nobody")
}
