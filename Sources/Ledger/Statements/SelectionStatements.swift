import Core
import Foundation
import Postgres

/// The ids of environments that somebody asks to see.
enum SelectionStatements {
    static func lives(_ selection: EnvironmentSelection) -> SQL {
        let limit: SQL = selection.limit.map { "LIMIT \(Int64($0))" } ?? ""
        return """
            SELECT e.environment_id FROM environments e
            \(findings(selection)) JOIN findings f ON f.environment_id = e.environment_id
            LEFT JOIN verdicts v ON v.environment_id = e.environment_id
            WHERE e.ended_at IS NULL \(conditions(selection))
            ORDER BY \(order(selection.order)) \(limit) OFFSET \(Int64(selection.offset))
            """
    }

    /// Where a finding is asked for, the few that are in that state lead to their environments.
    private static func findings(_ selection: EnvironmentSelection) -> SQL {
        selection.states == nil ? "LEFT" : "INNER"
    }

    private static func conditions(_ selection: EnvironmentSelection) -> SQL {
        var all: SQL = ""
        if let owner = selection.owner { all = all + " AND e.owner = \(owner)" }
        if let standing = selection.standing { all = all + " AND (f.state = \(standing) OR v.verdict = \(standing))" }
        if let states = selection.states { all = all + " AND f.state = ANY (\(states.map(\.rawValue)))" }
        if let name = selection.name, !name.matchesEverything { all = all + " AND e.name ~ \(pattern(name))" }
        if let accounts = selection.accounts {
            all =
                all + """
                     AND EXISTS (
                        SELECT FROM environment_targets w JOIN targets t USING (target_id)
                        WHERE w.environment_id = e.environment_id AND t.state <> 'retired'
                            AND t.account = ANY (\(accounts.map(\.text).sorted()))
                    )
                    """
        }
        if let oldestBy = selection.oldestBy { all = all + " AND e.oldest_at <= \(oldestBy)" }
        if selection.isUnowned { all = all + " AND e.owner IS NULL" }
        if selection.isAmbiguous { all = all + " AND e.class = 'ambiguous'" }
        return all
    }

    /// As texts are compared by this program, not by a language.
    private static func order(_ order: EnvironmentSelection.Order) -> SQL {
        let name: SQL = #"e.name COLLATE "C", e.space COLLATE "C""#
        return switch order {
        case .name: name
        case .age: "e.oldest_at, \(name)"
        case .owner: #"e.owner COLLATE "C" NULLS LAST, \#(name)"#
        case .due: "f.due_at NULLS LAST, f.flagged_at, \(name)"
        }
    }

    /// The glob as a regular expression; names are lower case.
    private static func pattern(_ glob: NameGlob) -> String {
        let inside = glob.text.lowercased().map { character in
            switch character {
            case "*": ".*"
            case "?": "."
            case _ where character.isLetter || character.isNumber || character == "-": String(character)
            default: "\\\(character)"
            }
        }
        return "^" + inside.joined() + "$"
    }
}
