import Foundation

/// Recognisable wherever they should not be.
enum HouseSecrets {
    static let accessSecret = "wJalrXUtnFEMIsecretKEYneverSHOWN"
    static let password = "hunter2-never-shown"
    /// A parameter's value in a template: it may go into tombstones and nowhere else.
    static let parameter = "parameter-never-shown"
    static let all = [accessSecret, password, parameter]
}

/// Who uses a house.
enum HousePeople {
    /// Logins of the test's server, and their groups in the database.
    static let logins: [(login: String, groups: [String])] = [
        ("ada", ["curfew_operator", "curfew_scanner", "curfew_reaper"]),
        ("grace", ["curfew_operator"]),
        ("eve", ["curfew_reader"]),
        ("ci_register", ["curfew_registrar"]),
        ("ci_release", ["curfew_member"]),
    ]
}

/// What the policy file says: every feature is stale at once, so that no test has to wait.
enum HousePolicies {
    /// Features go without being asked.
    case automatic
    /// Somebody else has to say yes.
    case people
    /// The one who asks may also say yes.
    case oneself

    var text: String { text() }

    /// With something else than the widest budgets.
    func text(
        budgets: String = "share: 100%, per_account: 1000, per_run: 1000, per_day: 1000, per_owner: 1000"
    ) -> String {
        let approval =
            switch self {
            case .automatic: "automatic"
            case .people: "{ required: 1, by: [owner, \"group:platform\"], expires: 1d }"
            case .oneself: "{ required: 1, by: [owner, \"group:platform\"], expires: 1d, requester: counts }"
            }
        return """
            policies:
              - name: pulls
                applies_to: { name: "pr-*" }
                stale_when: { age: 30d }
              - name: features
                applies_to: { name: ["feat-*", "fix-*", "hotfix-*"] }
                stale_when: { not: { age: 3650d } }
                not_before: 0s
                sightings: { count: 1, apart: 0s }
                warn: none
                approval: \(approval)
            budgets: { \(budgets) }

            """
    }
}

extension House {
    /// One for each endpoint, so that a program behind a proxy and one beside it can work at the same time.
    var settingsFile: String { "\(folder)/curfew-\(endpoint.split(separator: ":").last ?? "").yaml" }
    var policyFile: String { folder + "/policy.yaml" }

    func writeFiles(_ policies: HousePolicies) throws {
        try writeSettings()
        try write(policies.text, to: policyFile)
        let profiles = [("shop", shop), ("payments", payments)]
        try write(profiles.map { "[profile \($0.0)]\nregion = eu-west-1\n" }.joined(), to: folder + "/aws-config")
        // The emulator takes an access key of twelve digits for the account.
        try write(
            profiles.map {
                "[\($0.0)]\naws_access_key_id = \($0.1)\naws_secret_access_key = \(HouseSecrets.accessSecret)\n"
            }.joined(),
            to: folder + "/aws-credentials"
        )
    }

    /// On every system of the kind the tests run on.
    static let userWithoutRights = "daemon"

    func writeSettings() throws { try write(settings, to: settingsFile) }

    var settings: String {
        // In a database of the program's own, the login is the name of who runs it.
        let lease = shortLease ? ", executor_lease: 3s, signature_window: 1s" : ""
        let logins = Set(["ada", NSUserName(), Self.userWithoutRights]).sorted().joined(separator: ", ")
        return """
            accounts:
              - { id: "\(shop)", name: shop, profile: shop, regions: [\(Self.regions.joined(separator: ", "))] }
              - { id: "\(payments)", name: payments, profile: payments, regions: [\(Self.regions.joined(separator: ", "))] }
            spaces: { sandbox: [shop, payments] }
            owners: { tags: [owner] }
            people:
              ada: { logins: [\(logins)], addresses: [ada@example.com], groups: [platform] }
              grace: { logins: [grace], addresses: [grace@example.com], groups: [platform] }
              eve: { logins: [eve], addresses: [eve@example.com] }
            aws: { endpoint: "\(endpoint)" }
            load: { requests_per_second: \(requestsPerSecond), burst: \(burst) }
            teardown: \(teardown)
            timings: { observe: 0s, confirm_gone: 0s, reap_for: \(reapFor)\(lease) }
            \(further)

            """
    }

    func write(_ text: String, to file: String) throws {
        try text.write(toFile: file, atomically: true, encoding: .utf8)
    }
}
