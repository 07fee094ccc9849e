package import Core

/// Everything that `curfew.yaml` says.
///
/// Read once; nothing else tells the program how it is set up.
package struct Settings: Sendable, Hashable {
    package var accounts: [AccountSettings]
    /// Nil: the accounts above are all there are.
    package var organization: OrganizationSettings?
    package var scan: ScanSettings
    /// Which configured accounts form one space.
    ///
    /// An account in none is a space of its own, named by its id.
    package var spaces: [SpaceName: [AccountID]]
    package var people: [Person]
    package var names: NameRules
    package var owners: OwnerRules
    /// Where environments come from.
    package var repositories: [RepositorySettings]
    package var database: DatabaseReference
    /// Where AWS's API is, instead of AWS itself; nil is AWS.
    package var awsEndpoint: Endpoint?
    package var timings: Timings
    /// How fast AWS is asked.
    package var load: LoadSettings
    /// What plans may do beyond deleting stacks.
    package var teardown: TeardownRules
    /// How a run of teardowns is paced.
    package var reap: Pacing
    /// How much of an account may turn stale at once.
    package var breaker: Breaker
    /// How long tombstones are kept, at least 30 days.
    package var keepTombstones: Duration
    /// Nil: nothing is mailed.
    package var mail: MailSettings?
    package var channels: [ChannelName: ChannelSettings]
    package var notices: NoticeSettings
    package var night: NightSettings
    package var report: ReportSettings
    package var retention: RetentionSettings
    /// What scans read of environments beyond their stacks.
    package var signals: SignalRules
    package var cost: CostRules
    /// As written; nil takes the table that the program has in itself.
    package var runtimesFile: String?
    /// As written; relative to the folder of the settings file.
    ///
    /// Files, folders and names with `*` and `?`; the order is that of the policies.
    package var policyFiles: [String]

    package init(
        accounts: [AccountSettings] = [],
        organization: OrganizationSettings? = nil,
        scan: ScanSettings = ScanSettings(),
        spaces: [SpaceName: [AccountID]] = [:],
        people: [Person] = [],
        names: NameRules = NameRules(),
        owners: OwnerRules = OwnerRules(),
        repositories: [RepositorySettings] = [],
        database: DatabaseReference = .embedded,
        awsEndpoint: Endpoint? = nil,
        timings: Timings = Timings(),
        load: LoadSettings = LoadSettings(),
        teardown: TeardownRules = TeardownRules(),
        reap: Pacing = Pacing(),
        breaker: Breaker = Breaker(),
        keepTombstones: Duration = .seconds(400 * 86_400),
        mail: MailSettings? = nil,
        channels: [ChannelName: ChannelSettings] = [:],
        notices: NoticeSettings = NoticeSettings(),
        night: NightSettings = NightSettings(),
        report: ReportSettings = ReportSettings(),
        retention: RetentionSettings = RetentionSettings(),
        signals: SignalRules = SignalRules(),
        cost: CostRules = CostRules(),
        runtimesFile: String? = nil,
        policyFiles: [String] = ["policy.yaml"]
    ) {
        self.accounts = accounts
        self.organization = organization
        self.scan = scan
        self.spaces = spaces
        self.people = people
        self.names = names
        self.owners = owners
        self.repositories = repositories
        self.database = database
        self.awsEndpoint = awsEndpoint
        self.timings = timings
        self.load = load
        self.teardown = teardown
        self.reap = reap
        self.breaker = breaker
        self.keepTombstones = keepTombstones
        self.mail = mail
        self.channels = channels
        self.notices = notices
        self.night = night
        self.report = report
        self.retention = retention
        self.signals = signals
        self.cost = cost
        self.runtimesFile = runtimesFile
        self.policyFiles = policyFiles
    }
}

/// One account that may be read, and how to get into it.
package struct AccountSettings: Sendable, Hashable {
    package let id: AccountID
    /// What people and policies call it.
    package let name: String?
    package let access: Access
    /// At least one, or those that were found; none where they are still to be found.
    package var regions: [Region]
    /// Where the external id of a role is, when it does not stand in the file.
    package let externalIDFrom: SecretReference?
    /// The regions are those that the account has enabled, of which these patterns let some through; nil: they are
    /// written down.
    package let enabledRegions: [NameGlob]?
    /// The organization lists it, and the settings do not.
    package let isDiscovered: Bool

    package init(
        id: AccountID,
        name: String?,
        access: Access,
        regions: [Region],
        externalIDFrom: SecretReference? = nil,
        enabledRegions: [NameGlob]? = nil,
        isDiscovered: Bool = false
    ) {
        self.id = id
        self.name = name
        self.access = access
        self.regions = regions
        self.externalIDFrom = externalIDFrom
        self.enabledRegions = enabledRegions
        self.isDiscovered = isDiscovered
    }

    /// The same account, whose role is assumed with this external id.
    package func having(externalID: String) -> AccountSettings {
        guard case .role(let arn, _, let profile) = access else { return self }
        let access = Access.role(arn: arn, externalID: externalID, profile: profile)
        return AccountSettings(
            id: id,
            name: name,
            access: access,
            regions: regions,
            enabledRegions: enabledRegions,
            isDiscovered: isDiscovered
        )
    }

    package enum Access: Sendable, Hashable {
        /// Whatever credentials the environment gives.
        case ambient
        /// A profile of the shared AWS configuration files.
        case profile(String)
        /// A role to assume, from the ambient credentials or a profile.
        case role(arn: String, externalID: String?, profile: String?)
    }

    /// The name where there is one, else the id.
    package var word: String { name ?? id.text }
    package var targets: [Target] { regions.map { Target(account: id, region: $0) } }
}

/// Somebody who may be an owner or an approver.
package struct Person: Sendable, Hashable {
    package let name: String
    /// The database's names for them; no login belongs to two people.
    package let logins: [String]
    package let addresses: [String]
    package let groups: [String]

    package init(name: String, logins: [String], addresses: [String], groups: [String]) {
        self.name = name
        self.logins = logins
        self.addresses = addresses
        self.groups = groups
    }
}

/// Where the database is.
///
/// Passwords never stand in the settings file.
package enum DatabaseReference: Sendable, Hashable {
    /// A private cluster that Curfew starts itself.
    case embedded
    /// A libpq URL without a password.
    case url(String)
    /// The environment variable that holds the URL.
    case environment(String)
    /// The file that holds the URL.
    case file(String)
    /// The secret that is the URL.
    case secret(SecretReference)
}

/// An HTTP address.
package struct Endpoint: Sendable, Hashable {
    package let url: String
    /// True only for an address that can lead to nothing but this machine.
    package let isLoopback: Bool

    package init(url: String, isLoopback: Bool) {
        self.url = url
        self.isLoopback = isLoopback
    }
}

/// How long things take.
///
/// The defaults are the real ones; shorter ones are accepted only where nothing real can be reached.
package struct Timings: Sendable, Hashable {
    /// From one look at a deletion to the next.
    package var observe: Duration
    /// How long `reap` stays to observe what it asked for.
    package var reapFor: Duration
    /// The least time between the two readings that prove something gone.
    package var confirmGone: Duration
    /// How long an executor may hold a plan without renewing (P11).
    package var executorLease: Duration
    /// How long a signed request stays valid (P11).
    package var signatureWindow: Duration

    package init(
        observe: Duration = .seconds(30),
        reapFor: Duration = .seconds(900),
        confirmGone: Duration = .seconds(30),
        executorLease: Duration = .seconds(120),
        signatureWindow: Duration = .seconds(300)
    ) {
        self.observe = observe
        self.reapFor = reapFor
        self.confirmGone = confirmGone
        self.executorLease = executorLease
        self.signatureWindow = signatureWindow
    }
}

extension Settings {
    /// The space of an account: the one that lists it, or its own.
    package func space(of account: AccountID) -> SpaceName {
        spaces.first { $0.value.contains(account) }?.key ?? SpaceName(account.text)
    }

    /// Every space that configured accounts are in.
    package var spaceNames: [SpaceName] { Set(accounts.map { space(of: $0.id) }).sorted() }

    /// Every name and id that stands for a configured account.
    package var accountWords: [String] { accounts.flatMap { [$0.id.text] + [$0.name].compactMap(\.self) } }

    /// The configured names, as policies may use them.
    package var accountNames: [AccountID: String] {
        Dictionary(accounts.compactMap { account in account.name.map { (account.id, $0) } }) { first, _ in first }
    }

    /// Every group that somebody is in.
    package var groups: Set<String> { Set(people.flatMap(\.groups)) }

    /// The person behind a database login; nil when it belongs to nobody.
    package func person(login: String) -> Person? { people.first { $0.logins.contains(login) } }

    /// The person behind an owner's name: their own name, an address, or a login.
    package func person(owner: OwnerName) -> Person? {
        people.first { person in
            ([person.name] + person.addresses + person.logins).contains { OwnerName($0) == owner }
        }
    }
}
