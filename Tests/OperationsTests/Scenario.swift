import Core
import Foundation
import Ledger
import Operations
import Settings
import Synchronization
import TestSupport

/// A clock that a test turns.
final class TestClock: Sendable {
    private let moment: Mutex<Date>
    init(_ start: Date) { moment = Mutex(start) }
    var now: Date { moment.withLock { $0 } }
    func pass(_ duration: Duration) {
        moment.withLock { $0 = $0.addingTimeInterval(Double(duration.components.seconds)) }
    }
}

/// A clock that runs as the machine's does, and further when a test says so.
final class TestInstants: Sendable {
    private let ahead = Mutex(Duration.zero)
    var now: ContinuousClock.Instant { .now + ahead.withLock { $0 } }
    func pass(_ duration: Duration) { ahead.withLock { $0 += duration } }
}

/// A whole Curfew over a world of memory and a real database.
struct Scenario: Sendable {
    static let shop = AccountID("111111111111")
    static let payments = AccountID("222222222222")
    static let home = Target(account: shop, region: Region("eu-west-1"))
    static let away = Target(account: payments, region: Region("eu-west-1"))

    static let strict = """
        policies:
          - name: features
            applies_to: { name: "*" }
            stale_when: { age: 1d }
            not_before: 1h
            sightings: { count: 1, apart: 0s }
            warn: none
            approval: { required: 1, by: [group:platform], expires: 3d, requester: counts }
        budgets: { share: 100% }
        """

    let world: World
    let ledger: PostgresLedger
    let clock: TestClock
    var wiring: Wiring

    /// Long before every test's first scan, so that what was made then is old.
    static let longAgo = Date(timeIntervalSince1970: 1_750_000_000)

    static func run(
        targets: [Target] = [home],
        spaces: [AccountID: SpaceName] = [:],
        _ body: (Scenario) async throws -> Void
    ) async throws {
        try await LedgerFixture.withLedger { ledger in
            let world = World()
            // Dates as the database keeps them: whole microseconds.
            let clock = TestClock(Date(timeIntervalSince1970: 1_760_000_000))
            let login = try await ledger.login()
            let person = Person(name: "ada", logins: [login.name], owns: ["ada@example.com"], groups: ["platform"])
            let wiring = Wiring(
                provider: world,
                store: ledger,
                rules: ScanRules(targets: targets, names: NameRules(), owners: OwnerRules(), spaces: spaces),
                accountNames: [:],
                people: [person],
                automaticAllowed: true,
                // The world's clock is the test's, the database's is real: apart from the tests of D9 they may differ.
                timings: Timings(
                    goneApart: .seconds(30),
                    observe: .seconds(900),
                    poll: .seconds(31),
                    clockTolerance: .seconds(1_000_000_000)
                ),
                readTemplate: TemplateFile.read,
                readPolicy: { (source) throws(Problem) in
                    do throws(SettingsProblems) {
                        return try PolicyFile.parse(
                            source.files.map { ($0.name ?? "policy.yaml", Data($0.text.utf8)) }
                        )
                    } catch {
                        throw Problem(.data, error.description)
                    }
                },
                clock: { clock.now },
                storeClock: { clock.now }
            )
            try await body(Scenario(world: world, ledger: ledger, clock: clock, wiring: wiring))
        }
    }

    /// Policy applied, accounts in reap mode.
    func ready(_ policy: String = strict) async throws {
        _ = try await ApplyingPolicy(wiring).apply(text: policy)
        for account in Set(wiring.rules.targets.map(\.account)) {
            try await Administering(wiring).setMode(account, .reap, because: "a test")
        }
        clock.pass(.seconds(1))
    }

    @discardableResult
    func scan(only targets: [Target]? = nil, full: Bool = false) async throws -> ScanOutcome {
        clock.pass(.seconds(60))
        return try await Scan(provider: world, store: ledger, rules: wiring.rules, locks: ledger)
            .run(only: targets, full: full, clock: wiring.clock, progress: { _ in })
    }

    @discardableResult
    func evaluate() async throws -> Evaluate.Outcome {
        clock.pass(.seconds(1))
        return try await Evaluate(wiring).run()
    }

    /// Scan and evaluation: the way to everything due.
    func look() async throws {
        try await scan()
        try await evaluate()
    }

    func plan(_ names: String...) async throws -> [PlanRecord] {
        clock.pass(.seconds(1))
        return try await Planning(wiring).named(names).plans
    }

    func planDue() async throws -> Planning.Outcome {
        clock.pass(.seconds(1))
        return try await Planning(wiring).due()
    }

    @discardableResult
    func approve(_ plan: PlanRecord) async throws -> PlanRecord {
        clock.pass(.seconds(1))
        return try await Approving(wiring).approve(
            plan.id,
            confirmed: Set(plan.document.environments.map(\.key.name)),
            because: nil
        )
    }

    @discardableResult
    func reap(
        _ plans: [PlanID]? = nil,
        pausedHere: String? = nil,
        pacing: Pacing = Pacing(),
        progress: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> Reap.Outcome {
        let clock = clock
        return try await Reap(
            wiring,
            powers: WorldPower(world: world),
            holder: "a test",
            pacing: pacing,
            pausedHere: { pausedHere },
            sleep: { clock.pass($0) },
            instant: world.instant
        ).run(plans, progress: progress)
    }

    /// Everything up to an approved plan for what is due.
    func approved() async throws -> [PlanRecord] {
        try await look()
        var approved: [PlanRecord] = []
        for plan in try await planDue().plans where plan.state == .awaitingApproval {
            approved.append(try await approve(plan))
        }
        return approved
    }

    func environment(_ name: String) async throws -> EnvironmentRecord? {
        try await ledger.environments(named: EnvironmentName(name)).max { $0.key < $1.key }
    }

    func finding(_ name: String) async throws -> String? { try await environment(name)?.findingState }
}
