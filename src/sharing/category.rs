//! Data categories: what a field says about a person, and how sensitive that is.

/// How sensitive a category is under the UK GDPR.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sensitivity {
    /// Nothing about a person.
    None,
    /// Personal data.
    Personal,
    /// Special category data (article 9).
    SpecialCategory,
    /// Criminal offence data (article 10).
    CriminalOffence,
}

impl Sensitivity {
    /// The word used in agreement files, the SDL and the table of who sees what.
    pub fn code(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Personal => "personal",
            Self::SpecialCategory => "special_category",
            Self::CriminalOffence => "criminal_offence",
        }
    }
}

macro_rules! categories {
    ($(#[doc = $says:literal] $category:ident = $code:literal,)+) => {
        /// What a field says about a person.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Category {
            $(#[doc = $says] $category,)+
        }

        impl Category {
            /// Every category, in the order of their numbers.
            pub const ALL: [Self; [$($code),+].len()] = [$(Self::$category),+];

            /// The category's name in agreement files, the register and the API.
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$category => $code,)+
                }
            }
        }
    };
}

categories! {
    /// Catalogues and the like: nothing about a person.
    Reference = "REFERENCE",
    /// On the cohort or not, the Lead Professional and how to reach them, that one plan exists.
    Marker = "MARKER",
    /// Names, date of birth, sex.
    Identity = "IDENTITY",
    /// Ethnicity, disability.
    Equality = "EQUALITY",
    /// Addresses, telephone numbers, e-mail.
    Contact = "CONTACT",
    /// Who is in the family, relationships, areas.
    Household = "HOUSEHOLD",
    /// Numbers in other systems.
    Identifier = "IDENTIFIER",
    /// Child in need, child protection plan, looked after, special educational needs.
    StatutoryStatus = "STATUTORY_STATUS",
    /// Crime and anti-social behaviour.
    CriterionCrime = "CRITERION_CRIME",
    /// School attendance and exclusion.
    CriterionEducation = "CRITERION_EDUCATION",
    /// Children who need help.
    CriterionChildrenNeedingHelp = "CRITERION_CHILDREN_NEEDING_HELP",
    /// Work and financial exclusion.
    CriterionWork = "CRITERION_WORK",
    /// Domestic violence and abuse.
    CriterionDomesticAbuse = "CRITERION_DOMESTIC_ABUSE",
    /// Health, including mental health and substance misuse.
    CriterionHealth = "CRITERION_HEALTH",
    /// Assessments and distance travelled.
    Assessment = "ASSESSMENT",
    /// The family's plan, its goals and actions.
    Plan = "PLAN",
    /// Outcomes, their baselines, forecasts, results and evidence.
    Outcome = "OUTCOME",
    /// Family Progress Data on crime.
    ProgressCrime = "PROGRESS_CRIME",
    /// Family Progress Data on health.
    ProgressHealth = "PROGRESS_HEALTH",
    /// Family Progress Data on housing.
    ProgressHousing = "PROGRESS_HOUSING",
    /// Family Progress Data on employment.
    ProgressEmployment = "PROGRESS_EMPLOYMENT",
    /// Family Progress Data on education.
    ProgressEducation = "PROGRESS_EDUCATION",
    /// What family members have consented to.
    Consent = "CONSENT",
    /// Which agencies work with the family.
    Involvement = "INVOLVEMENT",
    /// Claims, fees, budgets.
    Finance = "FINANCE",
    /// Professionals' training and supervision.
    Workforce = "WORKFORCE",
    /// Aggregates that are safe to publish.
    Statistics = "STATISTICS",
    /// The trail: who saw what, when and why.
    Audit = "AUDIT",
}

impl Category {
    /// The six national problem areas.
    pub const CRITERIA: CategorySet = CategorySet::of(&[
        Self::CriterionCrime,
        Self::CriterionEducation,
        Self::CriterionChildrenNeedingHelp,
        Self::CriterionWork,
        Self::CriterionDomesticAbuse,
        Self::CriterionHealth,
    ]);

    /// The five groups of Family Progress Data.
    pub const PROGRESS: CategorySet = CategorySet::of(&[
        Self::ProgressCrime,
        Self::ProgressHealth,
        Self::ProgressHousing,
        Self::ProgressEmployment,
        Self::ProgressEducation,
    ]);

    /// What the note of a contact may be about.
    pub const NOTED: CategorySet = CategorySet::of(&[
        Self::Marker,
        Self::Identity,
        Self::Equality,
        Self::Contact,
        Self::Household,
        Self::Identifier,
        Self::StatutoryStatus,
        Self::CriterionCrime,
        Self::CriterionEducation,
        Self::CriterionChildrenNeedingHelp,
        Self::CriterionWork,
        Self::CriterionDomesticAbuse,
        Self::CriterionHealth,
        Self::Assessment,
        Self::Plan,
        Self::Outcome,
        Self::ProgressCrime,
        Self::ProgressHealth,
        Self::ProgressHousing,
        Self::ProgressEmployment,
        Self::ProgressEducation,
        Self::Involvement,
    ]);

    /// The category of that name.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|category| category.code() == code)
    }

    /// How sensitive what the category holds is.
    pub fn sensitivity(self) -> Sensitivity {
        match self {
            Self::Reference | Self::Statistics => Sensitivity::None,
            Self::Equality | Self::CriterionDomesticAbuse | Self::CriterionHealth | Self::ProgressHealth => {
                Sensitivity::SpecialCategory
            }
            Self::CriterionCrime | Self::ProgressCrime => Sensitivity::CriminalOffence,
            _ => Sensitivity::Personal,
        }
    }

    /// Whether it says anything about a member of a family, so that its disclosure belongs in the trail.
    pub fn is_personal(self) -> bool {
        self.sensitivity() != Sensitivity::None
    }
}

/// A set of categories.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CategorySet(u32);

impl CategorySet {
    /// No category.
    pub const EMPTY: Self = Self(0);

    /// The set of these categories.
    pub const fn of(categories: &[Category]) -> Self {
        let mut bits = 0;
        let mut at = 0;
        while at < categories.len() {
            bits |= 1 << categories[at] as u8;
            at += 1;
        }
        Self(bits)
    }

    /// Both sets together.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What is in both sets.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// What is in this set and not in the other.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// How many there are.
    pub const fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// This set and one category more.
    #[must_use]
    pub const fn with(self, category: Category) -> Self {
        Self(self.0 | 1 << category as u8)
    }

    /// Whether the category is in the set.
    pub const fn contains(self, category: Category) -> bool {
        self.0 & (1 << category as u8) != 0
    }

    /// Whether every category of `other` is in this set.
    pub const fn covers(self, other: Self) -> bool {
        other.0 & !self.0 == 0
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The categories in the order of their numbers.
    pub fn iter(self) -> impl Iterator<Item = Category> {
        Category::ALL
            .into_iter()
            .filter(move |category| self.contains(*category))
    }
}

impl FromIterator<Category> for CategorySet {
    fn from_iter<I: IntoIterator<Item = Category>>(categories: I) -> Self {
        categories.into_iter().fold(Self::EMPTY, Self::with)
    }
}
