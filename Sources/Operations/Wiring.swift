package import Core
package import Foundation

/// Everything Curfew knows and did, behind one door.
package typealias Store = ScanStore & ScanSharing & EnvironmentStore & DecisionStore & PlanStore & LeaseStore
    & SealStore & TombstoneStore & LeftoverStore & OutboxStore & NightStore & TargetStore

/// A person as the settings file knows them.
package struct Person: Sendable, Hashable {
    package var name: String
    package var logins: Set<String>
    /// Names under which the person owns things: the person's own, addresses, and what tags call them.
    package var owns: Set<String>
    package var groups: Set<String>

    package init(name: String, logins: Set<String>, owns: Set<String>, groups: Set<String>) {
        self.name = name
        self.logins = logins
        self.owns = owns
        self.groups = groups
    }
}

/// Times that a running program goes by; tests and the demo shorten them.
package struct Timings: Sendable, Hashable {
    /// Between two readings by id that find a component gone.
    package var goneApart: Duration
    /// How long one `reap` observes what it asked for.
    package var observe: Duration
    /// Between two looks at what is being deleted.
    package var poll: Duration
    /// Most that our clock, the database's and the provider's may differ (D9).
    package var clockTolerance: Duration
    /// How long the reaper may go on without renewing its lease (P11).
    package var executorLease: Duration
    /// How long a request that was signed may still be taken by the provider (P11).
    package var signatureWindow: Duration

    package init(
        goneApart: Duration = .seconds(30),
        observe: Duration = .seconds(900),
        poll: Duration = .seconds(15),
        clockTolerance: Duration = .seconds(120),
        executorLease: Duration = .seconds(120),
        signatureWindow: Duration = .seconds(300)
    ) {
        self.goneApart = goneApart
        self.observe = observe
        self.poll = poll
        self.clockTolerance = clockTolerance
        self.executorLease = executorLease
        self.signatureWindow = signatureWindow
    }
}

/// What the verbs work with, put together once at the start.
///
/// The power to delete is not among it (P1).
package struct Wiring: Sendable {
    package var provider: any Provider
    package var store: any Store
    package var rules: ScanRules
    package var accountNames: [AccountID: String]
    /// What the organization calls its accounts (P9); nil where none is configured.
    package var organizationNames: AccountNames?
    /// Where accounts come from that are looked after (D2).
    package var accountOrigins: [AccountID: AccountOverview.Origin]
    package var people: [Person]
    /// `approval: automatic` is possible: the provider is an emulator on this machine.
    package var automaticAllowed: Bool
    package var timings: Timings
    /// What plans may do beyond deleting stacks.
    package var teardown: TeardownRules
    package var breaker: Breaker
    /// When AWS ends which runtime of Lambda.
    package var runtimes: RuntimeTable
    /// What scans read of environments beyond their components.
    package var signals: SignalRules
    /// A template as what it says about the end of its resources; nil where it cannot be understood.
    package var readTemplate: @Sendable (String) -> TemplateReading?
    /// Our own power over this account can be bounded to the stacks of one environment (P18).
    package var isBounded: @Sendable (AccountID) -> Bool
    /// The stored texts of a policy as their meaning.
    package var readPolicy: @Sendable (PolicySource) throws(Problem) -> PolicySet
    package var clock: @Sendable () -> Date
    /// The database's clock, by which approvals and holds are dated (D9): two machines never agree to the second.
    package var storeClock: @Sendable () async throws -> Date

    package init(
        provider: any Provider,
        store: any Store,
        rules: ScanRules,
        accountNames: [AccountID: String],
        organizationNames: AccountNames? = nil,
        accountOrigins: [AccountID: AccountOverview.Origin] = [:],
        people: [Person],
        automaticAllowed: Bool,
        timings: Timings,
        teardown: TeardownRules = TeardownRules(),
        breaker: Breaker = Breaker(),
        runtimes: RuntimeTable = .empty,
        signals: SignalRules = .none,
        readTemplate: @escaping @Sendable (String) -> TemplateReading? = { _ in nil },
        isBounded: @escaping @Sendable (AccountID) -> Bool = { _ in false },
        readPolicy: @escaping @Sendable (PolicySource) throws(Problem) -> PolicySet,
        clock: @escaping @Sendable () -> Date,
        storeClock: (@Sendable () async throws -> Date)? = nil
    ) {
        self.provider = provider
        self.store = store
        self.rules = rules
        self.accountNames = accountNames
        self.organizationNames = organizationNames
        self.accountOrigins = accountOrigins
        self.people = people
        self.automaticAllowed = automaticAllowed
        self.timings = timings
        self.teardown = teardown
        self.breaker = breaker
        self.runtimes = runtimes
        self.signals = signals
        self.readTemplate = readTemplate
        self.isBounded = isBounded
        self.readPolicy = readPolicy
        self.clock = clock
        if let storeClock {
            self.storeClock = storeClock
        } else {
            self.storeClock = { try await store.clock() }
        }
    }

    /// The accounts on record, with the modes that hold for where they come from now (D2).
    package func accounts() async throws(StoreFailure) -> [AccountRecord] {
        try await store.accounts().map { $0.coming(from: accountOrigins[$0.account]) }
    }

    /// The policy in force with its meaning; a problem that says how to apply one when there is none.
    package func policyInForce() async throws(Problem) -> (revision: PolicyRevision, set: PolicySet) {
        let revision = try await reporting { try await store.policyInForce() }
        guard let revision else {
            throw Problem(
                .configuration,
                "no policy is in force",
                advice: "write one and apply it: curfew policy apply FILE"
            )
        }
        return (revision, try readPolicy(revision.source))
    }

    /// What the rules judge, of what the store knows.
    func facts(_ record: EnvironmentRecord) -> EnvironmentFacts {
        EnvironmentFacts(
            record,
            accountNames: accountNames,
            configured: rules.configured,
            table: runtimes,
            reads: signals,
            asksTrails: rules.owners.asksCloudTrail,
            now: clock()
        )
    }

    /// The person who is connected, and what they are to one environment or none.
    package func standing(
        toward environment: EnvironmentRecord? = nil
    ) async throws(Problem) -> (login: Login, standing: Standing) {
        let login = try await reporting { try await store.login() }
        return (login, standing(of: login, toward: environment))
    }

    func standing(of login: Login, toward environment: EnvironmentRecord?) -> Standing {
        let owner = environment?.owner.map { $0.lowercased() }
        let names = person(of: login).map(\.owns) ?? []
        return Standing(
            isOperator: login.isOperator,
            isScanner: login.isScanner,
            isReaper: login.isReaper,
            isRegistrar: login.isRegistrar,
            isOwner: owner.map { owner in names.contains { $0.lowercased() == owner } } ?? false,
            isUnowned: environment.map { $0.owner == nil && !$0.ownerConflict } ?? false,
            isHolder: environment?.protection?.by == login.name
        )
    }

    /// Nil when no person of the settings file has this login: such a login owns nothing and approves nothing.
    package func person(of login: Login) -> Person? { people.first { $0.logins.contains(login.name) } }

    /// The name of the person behind a login; the login itself where nobody has it.
    func personName(of login: String) -> String { people.first { $0.logins.contains(login) }?.name ?? login }

    /// The one environment that a person means by `feat-x` or `space/feat-x`; a problem that lists the choices otherwise.
    ///
    /// A space that is a single account is shown by that account's name, and so it can be given; where a space is called
    /// that itself, it is meant. What is called so by nobody is read as a tag `feature` would be: a pipeline knows
    /// `feature/x` where the inventory has `feat-x`.
    package func environment(named text: String) async throws(Problem) -> EnvironmentRecord {
        let parts = text.split(separator: "/", maxSplits: 1).map(String.init)
        let (space, rest) = parts.count == 2 ? (parts[0], parts[1]) : (nil, text)
        var found = try await environments(EnvironmentName(rest), in: space)
        for (space, written) in [(nil, text), (space, rest)] where found.isEmpty {
            guard case .names(let name) = NameEvaluator(rules.names).feature(written).outcome else { continue }
            found = try await environments(name, in: space)
        }
        let open = found.filter { $0.endedAt == nil }
        let candidates = open.isEmpty ? found : open
        guard let first = candidates.first else {
            throw Problem(
                .usage,
                "no environment is called \(text)",
                advice: "curfew list shows what there is; curfew scan reads it anew"
            )
        }
        guard candidates.count == 1 else {
            let words = candidates.map { shown($0.key.space) }
            let choices = candidates.map { candidate in
                let word = shown(candidate.key.space)
                let isPlain = words.count { $0 == word } == 1 && !word.contains("/")
                return "\(isPlain ? word : candidate.key.space.text)/\(candidate.key.name)"
            }.joined(separator: ", ")
            throw Problem(.usage, "\(text) is an environment in several spaces", advice: "name one of them: \(choices)")
        }
        return first
    }

    /// `space`: as it is called, or as texts name it where none is called so.
    private func environments(
        _ name: EnvironmentName,
        in space: String?
    ) async throws(Problem) -> [EnvironmentRecord] {
        let found = try await reporting { try await store.environments(named: name) }
        guard let space else { return found }
        let exact = found.filter { $0.key.space == SpaceName(space) }
        // Whoever names a space of the settings never means an account that only happens to be called the same.
        guard exact.isEmpty, !rules.allSpaces.contains(SpaceName(space)) else { return exact }
        return found.filter { shown($0.key.space) == space }
    }

    /// As texts name it.
    private func shown(_ space: SpaceName) -> String { accountNames[AccountID(space.text)] ?? space.text }

    /// Refuses with exit status 77 what the person's standing does not allow.
    func demand(_ act: Act, _ standing: Standing, login: Login, what: String) throws(Problem) {
        try act.demand(standing, login: login, what: what)
    }

    /// D9: refuses when our clock, the database's and the provider's differ by more than the tolerance.
    package func checkClocks() async throws(Problem) {
        let before = clock()
        let database = try await reporting { try await store.clock() }
        let tolerance = timings.clockTolerance.inSeconds
        let apart = database.timeIntervalSince(before)
        guard abs(apart) <= tolerance else {
            throw Problem(
                .unavailable,
                "this machine's clock and the database's differ by \(Int(abs(apart))) s",
                advice: "set both clocks (NTP); nothing is evaluated or reaped until they agree"
            )
        }
        // The provider's clock is known after its first answer; without one nothing that needs it can go on anyway. It is
        // asked for in a few accounts at most: where nobody answers, every question takes its whole patience.
        var why = "no answer of it was dated"
        var asked: Set<AccountID> = []
        for target in rules.targets where asked.count < 3 && asked.insert(target.account).inserted {
            guard await provider.clockSkew() == nil else { break }
            let answer = await gathering { () async throws(ProviderFailure) in
                try await provider.identity(for: target)
            }
            if case .failure(let failure) = answer { why = failure.summary }
        }
        guard let skew = await provider.clockSkew() else {
            // The database may be on this very machine: then the provider's is the only other clock.
            guard !rules.targets.isEmpty else { return }
            throw Problem(
                .unavailable,
                "the provider's clock is not known: \(why)",
                advice: "see what keeps them from answering: curfew doctor; until then nothing is evaluated or reaped"
            )
        }
        guard abs(skew.inSeconds) > tolerance else { return }
        throw Problem(
            .unavailable,
            "this machine's clock and the provider's differ by \(Int(abs(skew.inSeconds))) s",
            advice: "set this machine's clock (NTP); nothing is evaluated or reaped until they agree"
        )
    }
}

extension Act {
    /// Refuses with exit status 77 what the standing does not allow.
    func demand(_ standing: Standing, login: Login, what: String) throws(Problem) {
        guard !Permission.allows(self, standing) else { return }
        throw Problem(
            .notAllowed,
            "\(login.name) may not \(what)",
            advice: "ask its owner, or somebody whose database login is in the group \(group)"
        )
    }

    /// Whose members may do it, whatever the environment.
    fileprivate var group: String {
        switch self {
        case .plan: "curfew_operator or curfew_scanner"
        case .reap: "curfew_reaper"
        case .register: "curfew_registrar or curfew_operator"
        default: "curfew_operator"
        }
    }
}
