import Core

/// What the policy files say together, one after another.
struct PolicyFilesReading {
    /// What is known of policies and of keys by the files that were read.
    private(set) var set = PolicySet(policies: [])
    /// Nothing but this one file is read, so it has to say everything.
    let isOnly: Bool
    private var places: [String: Place] = [:]
    private var singles: [String: Place] = [:]

    private struct Place: CustomStringConvertible {
        let file: String
        let entry: YAMLEntry

        var description: String { "\(file):\(entry.line):\(entry.column)" }
    }

    init(isOnly: Bool) { self.isOnly = isOnly }

    /// The keys of a file; all but `policies` hold for every policy, so they stand in one file only.
    static let keys = ["policies", "budgets", "window"]

    /// And what the program adds to a file whose window names files.
    static let known = keys + [KeptHolidays.key]

    /// - Returns: nil where the file cannot be read at all.
    mutating func read(_ entry: YAMLEntry, _ settings: Settings?, file: String) -> Bool? {
        guard
            let top = entry.mapping(
                Self.known,
                required: isOnly ? ["policies"] : [],
                example: PolicyFile.example
            )
        else { return nil }
        let items = top["policies"]?.items("a list of policies", example: PolicyFile.example) ?? []
        for item in items {
            guard let policy = item.policy(settings) else { continue }
            let place = Place(file: file, entry: item)
            if let first = places[policy.name] {
                let elsewhere = first.file == file ? "" : "; the first stands in \(first)"
                item.report(
                    "a second policy is called `\(policy.name)`\(elsewhere)",
                    "names are unique: plans and findings refer to them"
                )
                continue
            }
            places[policy.name] = place
            set.policies.append(policy)
            if !isOnly { set.files[policy.name] = file }
        }
        for key in Self.keys.dropFirst() {
            guard let at = top.keys[key] else { continue }
            guard let first = singles[key] else {
                singles[key] = Place(file: file, entry: at)
                continue
            }
            at.report("`\(key)` stands in \(first), too", "it holds for all policies: keep one of them")
        }
        // Read here too where another file has it already: what is wrong in it is said at once.
        let budgets = top["budgets"]?.budgets()
        let window = top["window"]?.window(top[KeptHolidays.key]?.keptCalendars() ?? [:])
        set.budgets = budgets ?? set.budgets
        set.window = window ?? set.window
        return true
    }
}
