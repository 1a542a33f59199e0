//! Sessions: one operation's transaction, in which every statement sees the same snapshot.

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
    authority_status::AuthorityStatus,
    cache::{FamilyCache, Moment, Since, View, Written as NewestWrite},
    deed::Written,
    feed::{self, Change, Wake},
    files::Files,
    pipeline::{Bind, Snapshot},
    read_rows::Rows,
    record::Record,
    watch::StatementWatch,
    write::count::Count,
    write_queue,
};
pub use super::{failure::StoreError, mode::Mode};
use crate::{clock::day_of, records::AuthorityRow};

/// The connection of a session.
#[derive(Debug)]
pub(super) enum On {
    /// Through the library, one statement after the other.
    Library(DatabaseTransaction),
    /// Pipelined reads; nothing is written.
    Pipelined(Box<Snapshot>),
}

/// One operation's transaction. It is rolled back unless it is [committed](Self::commit).
#[derive(Debug)]
pub struct Session {
    on: On,
    policy_version: OnceCell<i64>,
    /// The newest write of a family in its snapshot, once read.
    written: OnceCell<NewestWrite>,
    began: Instant,
    families: Arc<FamilyCache>,
    mode: Mode,
    authority: i32,
    now: DateTime<Utc>,
    today: NaiveDate,
    statements: Arc<AtomicU64>,
    agencies: OnceCell<Arc<Agencies>>,
    settings: OnceCell<AuthorityRow>,
    changes: Mutex<BTreeSet<Change>>,
    account: Mutex<Vec<Written>>,
    /// Changes counted in its own transaction, with the parts of the window.
    counted: Mutex<Vec<(i64, Vec<Count>)>>,
    announces: AtomicBool,
    wake: Arc<Wake>,
    files: Option<Arc<Files>>,
    /// Dropped with the session, however that ends.
    watched: StatementWatch,
    /// Dropped last, when the transaction has ended.
    _turn: Option<OwnedSemaphorePermit>,
}

impl Session {
    /// Begins a session on one authority, if it is served here.
    pub async fn begin(store: &Store, authority: i32, mode: Mode) -> Result<Self, StoreError> {
        let isolation = match mode {
            // Writes of the feed are protected by a lock on the reader's row.
            Mode::Read | Mode::Feed => IsolationLevel::RepeatableRead,
            Mode::Write | Mode::Exclusive => IsolationLevel::Serializable,
        };
        if let Some(files) = store.databases().main_files() {
            match mode {
                Mode::Read => files.in_place()?,
                Mode::Write | Mode::Exclusive | Mode::Feed => files.are_writable()?,
            }
        }
        let began = Instant::now();
        let postgres = store.main().get_database_backend() == DatabaseBackend::Postgres;
        let options = TransactionOptions {
            isolation_level: postgres.then_some(isolation),
            access_mode: (postgres && mode == Mode::Read).then_some(AccessMode::ReadOnly),
            sqlite_transaction_mode: Some(match mode {
                Mode::Read => SqliteTransactionMode::Deferred,
                Mode::Write | Mode::Exclusive | Mode::Feed => SqliteTransactionMode::Immediate,
            }),
        };
        let watched = StatementWatch::new((mode == Mode::Read).then(|| store.databases().statement_timeout()));
        let turn = match mode {
            Mode::Write | Mode::Exclusive => Some(store.write_queue().acquire().await?),
            Mode::Feed if !postgres => Some(store.write_queue().acquire().await?),
            Mode::Read | Mode::Feed => None,
        };
        let mut status = None;
        let on = if let Some(pool) = store.databases().pipeline().filter(|_| mode == Mode::Read) {
            store.count_statement();
            let statement = AuthorityStatus::statement(DatabaseBackend::Postgres, true);
            let (snapshot, read) = pool.snapshot((statement, &[authority.into()])).await?;
            status = Some(AuthorityStatus::of(&Rows::Pipelined(read))?);
            On::Pipelined(Box::new(snapshot))
        } else {
            let transaction = watched.over(store.main().begin_with_options(options)).await?;
            write_queue::take(&transaction, mode).await?;
            On::Library(transaction)
        };
        let now = store.clock().now();
        let session = Self {
            on,
            policy_version: OnceCell::new(),
            written: OnceCell::new(),
            began,
            families: Arc::clone(store.family_cache()),
            mode,
            authority,
            now,
            today: day_of(now),
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
        if let Some(status) = status {
            let _ = session.policy_version.set(session.keep_status(status));
        }
        // Nothing is done for an authority that is not served here.
        session.policy_version().await?;
        Ok(session)
    }

    /// The authority of the session.
    pub fn authority(&self) -> i32 {
        self.authority
    }

    /// The time of the operation.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// The day of the operation, in the United Kingdom.
    pub fn today(&self) -> NaiveDate {
        self.today
    }

    /// What was changed, for the feed.
    pub(super) fn noted(&self) -> MutexGuard<'_, BTreeSet<Change>> {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The changes made and attempted.
    pub(super) fn account(&self) -> MutexGuard<'_, Vec<Written>> {
        self.account.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was counted in its own transaction, change by change.
    pub(super) fn counted(&self) -> MutexGuard<'_, Vec<(i64, Vec<Count>)>> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes everybody who waits for changes once this is committed, although no family was touched.
    pub(super) fn announce(&self) {
        self.announces.store(true, Ordering::Relaxed);
    }

    /// Commits. The last step before it numbers the touched families in commit order.
    pub async fn commit(self) -> Result<(), StoreError> {
        let changes = self.changes.into_inner().unwrap_or_else(PoisonError::into_inner);
        let announces = self.announces.into_inner() || !changes.is_empty();
        // A read-only session has nothing to commit.
        let On::Library(transaction) = self.on else {
            return Ok(());
        };
        if announces {
            self.statements.fetch_add(2, Ordering::Relaxed);
            feed::record(&transaction, self.authority, &changes, Some(self.now)).await?;
            feed::notify(&transaction, self.authority).await?;
        }
        if self.watched.is_rolled_back() {
            return Err(ROLLED_BACK);
        }
        self.watched.stop_watching();
        transaction.commit().await?;
        // It was committed, but to a file that is no longer in place: the caller must not take it for done.
        if let Some(files) = &self.files {
            files.in_place()?;
        }
        if announces {
            self.wake.poke();
        }
        Ok(())
    }

    /// Ends the session and rolls back.
    pub async fn end(self) -> Result<(), StoreError> {
        match self.on {
            On::Library(transaction) => {
                self.watched.stop_watching();
                Ok(transaction.rollback().await?)
            }
            // It ends when it is dropped.
            On::Pipelined(_) => Ok(()),
        }
    }

    /// The authority's agencies by id, read once per session unless they are cached.
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

    /// The agencies, if they have been read.
    pub(super) fn cached_agencies(&self) -> Option<Arc<Agencies>> {
        self.agencies.get().cloned()
    }

    /// Keeps agencies that were read together with other data; agencies read earlier stay, since they are the
    /// same.
    pub(super) fn remember_agencies(&self, agencies: &Arc<Agencies>) {
        let _ = self.agencies.set(Arc::clone(agencies));
    }

    /// The authority's own settings, if they have been read.
    pub(super) fn cached_settings(&self) -> Option<&AuthorityRow> {
        self.settings.get()
    }

    /// Keeps settings that were read together with other data; settings read earlier stay, since they are the
    /// same.
    pub(super) fn remember_settings(&self, settings: AuthorityRow) {
        let _ = self.settings.set(settings);
    }

    /// The authority's own settings, read once per session.
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

    /// The authority's statistical neighbours, by code.
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

    /// All rows of a query.
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

    /// All rows of a query given as SQL text.
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

    /// The connection.
    pub(super) fn on(&self) -> &On {
        &self.on
    }

    /// The version of the agreements in the session's snapshot.
    pub(super) async fn policy_version(&self) -> Result<i64, StoreError> {
        let read = || async {
            let statement = AuthorityStatus::statement(self.backend(), self.mode == Mode::Read);
            let rows = self.rows(statement, vec![self.authority.into()]).await?;
            Ok(self.keep_status(AuthorityStatus::of(&rows)?))
        };
        self.policy_version.get_or_try_init(read).await.copied()
    }

    /// Keeps the authority's status; returns the version of its agreements.
    fn keep_status(&self, status: Option<AuthorityStatus>) -> i64 {
        let Some(status) = status else {
            return 0;
        };
        let version = status.version();
        let _ = self.written.set(status.written());
        self.remember_settings(status.settings());
        version
    }

    /// The cache of families.
    pub(super) fn families(&self) -> &FamilyCache {
        &self.families
    }

    /// The session's view of its authority, if the cache may be used and added to in it. A session that
    /// writes sees what nobody else does.
    pub(super) async fn view(&self) -> Result<Option<View>, StoreError> {
        if self.mode != Mode::Read || self.families.is_disabled() {
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
            .invalidate(self.authority, (from, written.number), families.as_deref());
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

    /// Whether its counts of changes last only if it commits.
    pub fn keeps_its_own_counts(&self) -> bool {
        self.backend() == DatabaseBackend::Sqlite
    }

    /// The transaction, for statements that write. A read-only session has none.
    pub(super) fn transaction(&self) -> Result<&DatabaseTransaction, StoreError> {
        self.count(1);
        if self.watched.is_rolled_back() {
            return Err(ROLLED_BACK);
        }
        match &self.on {
            On::Library(transaction) => Ok(transaction),
            On::Pipelined(_) => Err(StoreError::Database("this session only reads".to_owned())),
        }
    }

    /// Counts statements sent, and starts the timeout of a single statement.
    pub(super) fn count(&self, statements: usize) {
        self.watched.statement();
        self.statements.fetch_add(statements as u64, Ordering::Relaxed);
    }
}

/// SQLite has rolled back the transaction, as it does if the disk is full. Later writes would be outside it
/// and be kept.
const ROLLED_BACK: StoreError = StoreError::Unavailable("the database has undone what was written");

/// The span of one statement.
fn one() -> Span {
    info_span!("statements", count = 1)
}
