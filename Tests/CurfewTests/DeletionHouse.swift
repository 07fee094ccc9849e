import TestSupport
import Testing

/// A house with one environment for each case, planned by one person and approved by another, before a script.
struct DeletionHouse {
    let house: House
    let script: ScriptedAWS

    /// Stays in every case: a permanent stack, and a feature that no policy calls stale yet.
    static let bystanders = [Deployment(name: "shop-prod"), Deployment(name: "web-pr-7")]

    static func with(
        _ cases: [DeletionCase],
        shortLease: Bool = false,
        settings: (String) -> String = { $0 },
        _ body: (DeletionHouse) async throws -> Void
    ) async throws {
        try await House.with(.people) { house in
            let stacks = cases.map {
                Deployment(name: $0.stack, template: $0.template, terminationProtection: $0.isProtected)
            }
            try await house.deploy(bystanders + stacks)
            let parts = Dictionary(cases.map { ($0.stack, $0.part) }, uniquingKeysWith: { first, _ in first })
            let script = try ScriptedAWS(before: house.emulator, account: house.shop, parts)
            defer { script.proxy.stop() }
            let behind = try house.reaching(script.proxy.url, shortLease: shortLease)
            // Failures are what this is about: none of them holds another back.
            let pacing = "reap: { parallel: 50, waves: false, stop_after_failures: 100% }\n"
            try behind.write(settings(behind.settings) + pacing, to: behind.settingsFile)
            try await behind.curfew("policy", "apply", behind.policyFile)
            try await behind.curfew("accounts", "mode", "shop", "reap", "--because", "a test's own account")
            try await body(DeletionHouse(house: behind, script: script))
        }
    }

    /// Scans, judges, plans all that is due and has it approved by somebody else.
    func approveAll(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await house.curfew("scan", sourceLocation: sourceLocation)
        try await house.curfew("evaluate", sourceLocation: sourceLocation)
        let made = try await house.json("plan", "--due", sourceLocation: sourceLocation)
        #expect(made["deferred"].elements.isEmpty, sourceLocation: sourceLocation)
        let blocked = made["plans"].elements.filter { !$0["blockers"].elements.isEmpty }
        #expect(blocked.isEmpty, "\(blocked.map(\.["blockers"]))", sourceLocation: sourceLocation)
        try await house.curfew("approve", made["run"].string, as: "grace", sourceLocation: sourceLocation)
    }

    /// The newest plan of an environment.
    func plan(_ environment: String) async throws -> JSON {
        let all = try await house.json("plan", "list", "--all")
        return all.elements.first { $0["environments"].elements.contains { $0["name"].string == environment } } ?? .null
    }

    /// Of each environment the newest plan.
    func plans() async throws -> [String: JSON] {
        let all = try await house.json("plan", "list", "--all")
        return Dictionary(
            all.elements.map { ($0["environments"].elements.first?["name"].string ?? "", $0) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    func standing() async throws -> Set<String> {
        Set(try await house.stacks(house.shop, "eu-west-1").standing().map(\.name))
    }

    /// P4, P13 and more: each deletion is that of an approved step, by its id and with its token, and asks for nothing
    /// else: no other role, no express mode, no force, and to retain only what the plan's second deletion names.
    func expectOnlyPlannedDeletions(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let steps = try await house.json("plan", "list", "--all").elements.flatMap(\.["steps"].elements)
        for call in script.deletions {
            let step = steps.first { $0["token"].string == call.token && $0["component"].string == call.stack }
            #expect(step != nil, "\(call.fields) was never planned", sourceLocation: sourceLocation)
            let isToken = (call.token ?? "").wholeMatch(of: /[a-zA-Z0-9][-a-zA-Z0-9]{0,127}/) != nil
            #expect(isToken, "\(call.fields)", sourceLocation: sourceLocation)
            var allowed: Set = ["Action", "Version", "StackName", "ClientRequestToken"]
            for (index, name) in (step?["retained"].elements ?? []).enumerated() {
                let field = "RetainResources.member.\(index + 1)"
                allowed.insert(field)
                let retained = call.fields[field]
                #expect(retained == nil || retained == name.string, sourceLocation: sourceLocation)
            }
            #expect(Set(call.fields.keys).isSubset(of: allowed), "\(call.fields)", sourceLocation: sourceLocation)
        }
    }
}

extension JSON {
    /// The states of a plan's steps, in order.
    var stepStates: [String] { self["steps"].elements.map(\.["state"].string) }
}
