//! One operation's view of the database: a transaction in which every statement sees the same moment.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Instant,
};

use chrono::{DateTime, NaiveDate, Utc};
use entity::{authority, statistical_neighbour};
use sea_orm::{
    AccessMode, ColumnTrait, ConnectionTrait, DatabaseBackend, DatabaseTransaction, EntityTrait, IsolationLevel,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select, SqliteTransactionMode, Statement, TransactionOptions,
    TransactionTrait,
};
use tokio::sync::{OnceCell, OwnedSemaphorePermit};
use tracing::{Instrument as _, Span, info_span};

use super::{
    Store,
    agencies::Agencies,
    cache::{FamilyCache, Moment, Since, View, Written as NewestWrite},
    deed::Written,
    feed::{self, Change, Wake},
    files::Files,
    pipeline::{Bind, Snapshot},
    read_rows::Rows,
    record::Record,
    standing::Standing,
    watch::Watched,
    write::count::Count,
    write_lock,
};
pub use super::{failure::StoreError, mode::Mode};
use crate::records::AuthorityRow;

/// What a session reads over.
#[derive(Debug)]
pub(super) enum On {
    /// One statement after the other, over the library.
    Library(DatabaseTransaction),
    /// Several at once, and nothing is written.
    Pipelined(Box<Snapshot>),
}

/// One operation's transaction. It ends without a trace unless it is [committed](Self::commit).
#[derive(Debug)]
pub struct Session {
    on: On,
    policy_version: OnceCell<i64>,
    /// The newest write of a family that it sees, once read.
    written: OnceCell<NewestWrite>,
    began: Instant,
    families: Arc<FamilyCache>,
    mode: Mode,
    authority: i32,
    now: DateTime<Utc>,
    statements: Arc<AtomicU64>,
    agencies: OnceCell<Arc<Agencies>>,
    settings: OnceCell<AuthorityRow>,
    changes: Mutex<BTreeSet<Change>>,
    account: Mutex<Vec<Written>>,
    /// Changes that were counted in its own transaction, with the parts of the window.
    counted: Mutex<Vec<(i64, Vec<Count>)>>,
    announces: AtomicBool,
    wake: Arc<Wake>,
    files: Option<Arc<Files>>,
    /// Dropped with the session, however that ends.
    watched: Watched,
    /// Dropped last, when the transaction has ended.
    _turn: Option<OwnedSemaphorePermit>,
}

impl Session {
    /// Begins a session for the families of one authority, if it is served here.
    pub async fn begin(store: &Store, authority: i32, mode: Mode) -> Result<Self, StoreError> {
        let isolation = match mode {
            // What the feed writes down is guarded by a lock on its reader's row.
            Mode::Read | Mode::Feed => IsolationLevel::RepeatableRead,
            Mode::Write | Mode::Alone => IsolationLevel::Serializable,
        };
        if let Some(files) = store.databases().main_files() {
            match mode {
                Mode::Read => files.in_place()?,
                Mode::Write | Mode::Alone | Mode::Feed => files.take_writes()?,
            }
        }
        let began = Instant::now();
        let postgres = store.main().get_database_backend() == DatabaseBackend::Postgres;
        let options = TransactionOptions {
            isolation_level: postgres.then_some(isolation),
            access_mode: (postgres && mode == Mode::Read).then_some(AccessMode::ReadOnly),
            sqlite_transaction_mode: Some(match mode {
                Mode::Read => SqliteTransactionMode::Deferred,
                Mode::Write | Mode::Alone | Mode::Feed => SqliteTransactionMode::Immediate,
            }),
        };
        let watched = Watched::new((mode == Mode::Read).then(|| store.databases().statement_timeout()));
        let turn = match mode {
            Mode::Write | Mode::Alone => Some(store.turns().wait().await?),
            Mode::Feed if !postgres => Some(store.turns().wait().await?),
            Mode::Read | Mode::Feed => None,
        };
        let mut standing = None;
        let on = if let Some(pool) = store.databases().pipeline().filter(|_| mode == Mode::Read) {
            store.count_statement();
            let statement = Standing::statement(DatabaseBackend::Postgres, true);
            let (snapshot, read) = pool.snapshot((statement, &[authority.into()])).await?;
            standing = Some(Standing::of(&Rows::Pipelined(read))?);
            On::Pipelined(Box::new(snapshot))
        } else {
            let transaction = watched.over(store.main().begin_with_options(options)).await?;
            write_lock::take(&transaction, mode).await?;
            On::Library(transaction)
        };
        let session = Self {
            on,
            policy_version: OnceCell::new(),
            written: OnceCell::new(),
            began,
            families: Arc::clone(store.family_cache()),
            mode,
            authority,
            now: store.clock().now(),
            statements: Arc::clone(store.statements()),
            agencies: OnceCell::new(),
            settings: OnceCell::new(),
            changes: Mutex::default(),
            account: Mutex::default(),
            counted: Mutex::default(),
            announces: AtomicBool::default(),
            wake: Arc::clone(store.databases().wake()),
            files: store.databases().main_files().cloned(),
            watched,
            _turn: turn,
        };
        if let Some(standing) = standing {
            let _ = session.policy_version.set(session.keep_standing(standing));
        }
        // Nothing is done for an authority that is not served here.
        session.policy_version().await?;
        Ok(session)
    }

    /// The authority whose rows it reads.
    pub fn authority(&self) -> i32 {
        self.authority
    }

    /// The moment of the operation.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// The day of the operation.
    pub fn today(&self) -> NaiveDate {
        self.now.date_naive()
    }

    /// What was changed, for the feed.
    pub(super) fn noted(&self) -> MutexGuard<'_, BTreeSet<Change>> {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What it has changed and tried.
    pub(super) fn account(&self) -> MutexGuard<'_, Vec<Written>> {
        self.account.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was counted in its own transaction, change by change.
    pub(super) fn counted(&self) -> MutexGuard<'_, Vec<(i64, Vec<Count>)>> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has everybody who waits for changes look, once this is committed, although no family was touched.
    pub(super) fn announce(&self) {
        self.announces.store(true, Ordering::Relaxed);
    }

    /// Keeps what was written. The last thing before it is that the touched families get their places in the order of the commits.
    pub async fn commit(self) -> Result<(), StoreError> {
        let changes = self.changes.into_inner().unwrap_or_else(PoisonError::into_inner);
        let announces = self.announces.into_inner() || !changes.is_empty();
        // What only read has nothing to keep.
        let On::Library(transaction) = self.on else {
            return Ok(());
        };
        if announces {
            self.statements.fetch_add(2, Ordering::Relaxed);
            feed::record(&transaction, self.authority, &changes, Some(self.now)).await?;
            feed::notify(&transaction, self.authority).await?;
        }
        if self.watched.is_undone() {
            return Err(UNDONE);
        }
        self.watched.no_longer();
        transaction.commit().await?;
        // It was made, but in a file that nobody finds any more: whoever asked must not take it for made.
        if let Some(files) = &self.files {
            files.in_place()?;
        }
        if announces {
            self.wake.poke();
        }
        Ok(())
    }

    /// Ends the session and undoes what was written.
    pub async fn end(self) -> Result<(), StoreError> {
        match self.on {
            On::Library(transaction) => {
                self.watched.no_longer();
                Ok(transaction.rollback().await?)
            }
            // It ends when it is dropped.
            On::Pipelined(_) => Ok(()),
        }
    }

    /// The authority's agencies by key, read once a session where they are not known.
    pub async fn agencies(&self) -> Result<&Arc<Agencies>, StoreError> {
        let read = || async {
            let view = self.view().await?;
            if let Some(known) = view.as_ref().and_then(|view| self.families.agencies(view)) {
                return Ok(known);
            }
            let read = Arc::new(Agencies::of(self.all(Agencies::select(self.authority)).await?));
            if let Some(view) = &view {
                self.families.put_agencies(view, &read);
            }
            Ok(read)
        };
        self.agencies.get_or_try_init(read).await
    }

    /// The agencies, where they have been read.
    pub(super) fn cached_agencies(&self) -> Option<Arc<Agencies>> {
        self.agencies.get().cloned()
    }

    /// Keeps the agencies that were read with other things; those that are known stay, for they are the same.
    pub(super) fn remember_agencies(&self, agencies: &Arc<Agencies>) {
        let _ = self.agencies.set(Arc::clone(agencies));
    }

    /// The authority's own settings, where they have been read.
    pub(super) fn cached_settings(&self) -> Option<&AuthorityRow> {
        self.settings.get()
    }

    /// Keeps the settings that were read with other things; those that are known stay, for they are the same.
    pub(super) fn remember_settings(&self, settings: AuthorityRow) {
        let _ = self.settings.set(settings);
    }

    /// The authority's own settings, read once a session.
    pub async fn authority_row(&self) -> Result<&AuthorityRow, StoreError> {
        self.settings
            .get_or_try_init(|| async {
                let select = authority::Entity::find().filter(authority::Column::Id.eq(self.authority));
                let rows: Vec<AuthorityRow> = self.all(select).await?;
                rows.into_iter()
                    .next()
                    .ok_or_else(|| StoreError::Corrupt("the authority is not there".to_owned()))
            })
            .await
    }

    /// The authorities that this one compares itself with, by code.
    pub async fn neighbours(&self) -> Result<Vec<AuthorityRow>, StoreError> {
        let neighbours = statistical_neighbour::Entity::find()
            .select_only()
            .column(statistical_neighbour::Column::NeighbourId)
            .filter(statistical_neighbour::Column::AuthorityId.eq(self.authority))
            .into_query();
        let select = authority::Entity::find()
            .filter(authority::Column::Id.in_subquery(neighbours))
            .order_by_asc(authority::Column::Code);
        self.all(select).await
    }

    /// Every row of a statement.
    pub(super) async fn all<E: EntityTrait, R: Record + Send + Sync>(
        &self,
        select: Select<E>,
    ) -> Result<Vec<R>, StoreError>
    where
        E::Model: Send + Sync,
    {
        self.count(1);
        match &self.on {
            On::Library(transaction) => Ok(select.into_model::<R>().all(transaction).instrument(one()).await?),
            On::Pipelined(snapshot) => {
                let statement = DatabaseBackend::Postgres.build(&select.into_query());
                let values = statement.values.into_iter().flat_map(|values| values.0);
                let values: Vec<Bind> = values.map(Bind::One).collect();
                let asked = snapshot.ask((&statement.sql, &values));
                asked.instrument(one()).await?.records()
            }
        }
    }

    /// The rows of a statement that is written out.
    pub(super) async fn rows(&self, text: &str, values: Vec<Bind>) -> Result<Rows, StoreError> {
        self.count(1);
        match &self.on {
            On::Library(transaction) => {
                let backend = transaction.get_database_backend();
                let values = values.into_iter().map(|value| value.into_value(backend));
                let statement = Statement::from_sql_and_values(backend, text, values);
                let rows = transaction.query_all_raw(statement).instrument(one()).await?;
                Ok(Rows::Library(rows))
            }
            On::Pipelined(snapshot) => {
                let rows = snapshot.ask((text, &values)).instrument(one()).await?;
                Ok(Rows::Pipelined(rows))
            }
        }
    }

    /// What it reads over.
    pub(super) fn on(&self) -> &On {
        &self.on
    }

    /// The version of the agreements at the session's moment.
    pub(super) async fn policy_version(&self) -> Result<i64, StoreError> {
        let read = || async {
            let statement = Standing::statement(self.backend(), self.mode == Mode::Read);
            let rows = self.rows(statement, vec![self.authority.into()]).await?;
            Ok(self.keep_standing(Standing::of(&rows)?))
        };
        self.policy_version.get_or_try_init(read).await.copied()
    }

    /// Keeps how things stand with the authority; gives the version of its agreements.
    fn keep_standing(&self, standing: Option<Standing>) -> i64 {
        let Some(standing) = standing else {
            return 0;
        };
        let version = standing.version();
        let _ = self.written.set(standing.written());
        self.remember_settings(standing.settings());
        version
    }

    /// The families that are known.
    pub(super) fn families(&self) -> &FamilyCache {
        &self.families
    }

    /// The moment at which this session sees its authority, if what is known of families at that moment may be used and added to. A session that writes sees what
    /// nobody else does.
    pub(super) async fn view(&self) -> Result<Option<View>, StoreError> {
        if self.mode != Mode::Read || self.families.keeps_nothing() {
            return Ok(None);
        }
        self.policy_version().await?;
        let (Some(written), Some(settings)) = (self.written.get().copied(), self.settings.get()) else {
            return Ok(None);
        };
        let Some(lapses) = self.noted_since(&written).await? else {
            return Ok(None);
        };
        let moment = Moment {
            written,
            lapses,
            began: self.began,
            day: self.today(),
        };
        let from = match self.families.since(settings, moment) {
            Since::Now(view) => return Ok(Some(view)),
            Since::Later => return Ok(None),
            Since::Earlier(from) => from,
        };
        let families = self.written_since(from).await?;
        self.families
            .forget(self.authority, (from, written.number), families.as_deref());
        Ok(match self.families.since(settings, moment) {
            Since::Now(view) => Some(view),
            Since::Earlier(_) | Since::Later => None,
        })
    }

    /// Which database it is.
    pub(super) fn backend(&self) -> DatabaseBackend {
        match &self.on {
            On::Library(transaction) => transaction.get_database_backend(),
            On::Pipelined(_) => DatabaseBackend::Postgres,
        }
    }

    /// Whether what is counted of its changes is kept only if it is committed.
    pub fn keeps_its_own_counts(&self) -> bool {
        self.backend() == DatabaseBackend::Sqlite
    }

    /// The transaction, for a statement that writes. A session that was begun to read has none.
    pub(super) fn transaction(&self) -> Result<&DatabaseTransaction, StoreError> {
        self.count(1);
        if self.watched.is_undone() {
            return Err(UNDONE);
        }
        match &self.on {
            On::Library(transaction) => Ok(transaction),
            On::Pipelined(_) => Err(StoreError::Database("this session only reads".to_owned())),
        }
    }

    /// Counts statements that are sent. The time of one that is sent alone begins.
    pub(super) fn count(&self, statements: usize) {
        self.watched.statement();
        self.statements.fetch_add(statements as u64, Ordering::Relaxed);
    }
}

/// SQLite has undone the transaction, as it does where the disk is full. What is written after that would stand alone and be kept.
const UNDONE: StoreError = StoreError::Unavailable("the database has undone what was written");

/// The time that one statement takes.
fn one() -> Span {
    info_span!("statements", count = 1)
}
