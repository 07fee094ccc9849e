import Core
import Foundation
import Postgres

@testable import Ledger
@testable import Operations

extension World {
    /// A template that a macro makes another one of, so that both have to be read.
    static let transformed = #"{"Transform": "AWS::Serverless-2016-10-31", "Resources": {}}"#

    /// A stack that is old enough for every policy of these tests.
    @discardableResult
    func old(
        _ name: String,
        in target: Target = Scenario.home,
        tags: [String: String] = [:],
        change: (inout Stack) -> Void = { _ in }
    ) -> ComponentID {
        add(name, in: target, created: Scenario.longAgo, tags: tags, change: change)
    }

    /// A deployment as the provider shows it.
    func redeploy(_ id: ComponentID, at moment: Date) {
        change(id) {
            $0.component.updated = moment
            $0.component.status = ComponentStatus("UPDATE_COMPLETE")
            $0.onDelete = .goes(after: 1)
        }
    }

    func setStatus(_ id: ComponentID, _ status: String) {
        change(id) { $0.component.status = ComponentStatus(status) }
    }

    /// A stack that was removed, as it was.
    func put(_ stack: Stack) { stacks[stack.component.id] = stack }
}

extension Scenario {
    /// Two sightings twelve hours apart: a grace that can be restarted.
    static let twice = strict.replacing("count: 1, apart: 0s", with: "count: 2, apart: 12h")
    static let idle = strict.replacing("age: 1d", with: "idle: 7d")
    static let automatic = strict.replacing(
        "{ required: 1, by: [group:platform], expires: 3d, requester: counts }",
        with: "automatic"
    )

    /// Each `reap` makes one look and returns.
    var brief: Scenario {
        var brief = self
        brief.wiring.timings.observe = .zero
        return brief
    }

    func apply(_ policy: String) async throws { _ = try await ApplyingPolicy(wiring).apply(text: policy) }

    func mode(_ mode: AccountRecord.Mode) async throws {
        clock.pass(.seconds(60))
        try await Administering(wiring).setMode(Scenario.shop, mode, because: "a test")
    }

    func state(_ plan: PlanRecord) async throws -> PlanState { try await ledger.plan(plan.id).state }
    func steps(_ plan: PlanRecord) async throws -> [StepState] { try await ledger.plan(plan.id).steps.map(\.state) }
    func because(_ plan: PlanRecord) async throws -> String { try await ledger.plan(plan.id).endedBecause ?? "" }

    /// Pauses everything when the first deletion is asked for.
    func pauseAtFirstDeletion() async {
        let wiring = wiring
        await world.setBeforeDeletion { try? await Administering(wiring).pause(because: "stop") }
    }

    func resume() async throws {
        await world.setBeforeDeletion(nil)
        _ = try await Administering(wiring).resume()
    }

    /// Writes a finding into the database that the verbs alone would not have left there.
    func move(_ name: String, _ event: FindingEvent) async throws {
        guard let record = try await environment(name), let json = record.finding else { return }
        var finding = try FindingCoding.decode(json)
        let before = finding.state
        _ = try finding.apply(event, now: clock.now)
        let (_, policies) = try await wiring.policyInForce()
        let moved = try FindingCoding.record(finding, before: before, policies: policies)
        try await ledger.setFindings([record.key: moved], event: "a test", plan: nil, at: clock.now)
    }
}

extension String {
    func replacing(_ part: String, with other: String) -> String { replacingOccurrences(of: part, with: other) }
}

extension Scenario {
    /// The same, by the same database login, which is somebody else to the verbs.
    func being(_ login: Login, owning names: Set<String> = [], groups: Set<String> = []) -> Scenario {
        var other = self
        other.wiring.store = StoreInBetween(store: ledger, onLogin: { _ in login })
        other.wiring.people.append(Person(name: "", logins: [login.name], owns: names, groups: groups))
        return other
    }

    /// Another person with a database login of their own, for as long as the body runs.
    func asAnother(
        _ name: String,
        groups: Set<String> = ["platform"],
        owning: Set<String> = [],
        roles: [String] = ["curfew_operator"],
        embedded: Bool = true,
        _ body: (Scenario) async throws -> Void
    ) async throws {
        var settings = ledger.settings
        let role = "\(name)_\(settings.overrides["dbname"] ?? "")"
        let connection = try await Connection.open(settings)
        try await connection.execute(SQL(raw: "CREATE ROLE \(role) LOGIN IN ROLE \(roles.joined(separator: ", "))"))
        await connection.close()
        settings.overrides["user"] = role
        var other = self
        let own = PostgresLedger(settings: settings, embedded: embedded, maximum: 2)
        other.wiring.store = own
        other.wiring.people.append(Person(name: name, logins: [role], owns: owning, groups: groups))
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body(other)) } catch { outcome = .failure(error) }
        await own.close()
        try outcome.get()
    }
}

/// The problem that the work ended with; nil when it did not.
func problem(_ work: () async throws -> Void) async -> Problem? {
    do {
        try await work()
        return nil
    } catch {
        return Problem(error)
    }
}

extension ApplyingPolicy {
    func apply(text: String) async throws(Problem) -> (revision: PolicyRevision, isNew: Bool) {
        try await apply(PolicySource(text))
    }
}
