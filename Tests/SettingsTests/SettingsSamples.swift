import Core
import Foundation
import Settings

func days(_ count: Int) -> Duration { .seconds(count * 86_400) }
func hours(_ count: Int) -> Duration { .seconds(count * 3_600) }

func policies(_ text: String, knowing settings: Settings? = nil) throws(SettingsProblems) -> PolicySet {
    try PolicyFile.parse(Data(text.utf8), file: "policy.yaml", knowing: settings)
}

func settings(_ text: String) throws(SettingsProblems) -> Settings {
    try SettingsFile.parse(Data(text.utf8), file: "curfew.yaml")
}

/// What is wrong with a text, one string for each problem; empty when nothing is.
func problems(_ read: () throws(SettingsProblems) -> some Any) -> [String] {
    do {
        _ = try read()
        return []
    } catch {
        return error.problems.map(\.description)
    }
}

func problems(inPolicies text: String, knowing settings: Settings? = nil) -> [String] {
    problems { () throws(SettingsProblems) in try policies(text, knowing: settings) }
}

func problems(inSettings text: String) -> [String] {
    problems { () throws(SettingsProblems) in try settings(text) }
}

/// A policy file with one policy, to which some lines are added.
func onePolicy(_ lines: String = "", staleWhen: String = "{ idle: 7d }", below: String = "") -> String {
    let added = lines.split(separator: "\n").map { "    \($0)\n" }.joined()
    return """
        policies:
          - name: features
            applies_to: { name: "feat-*" }
            stale_when: \(staleWhen)
        \(added)\(below)
        """
}

let oneAccount = "accounts: [{ id: \"123456789012\", name: sandbox, regions: [eu-central-1] }]\n"
