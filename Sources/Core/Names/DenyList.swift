/// Stacks that are left out whole, whatever any rule or tag says: they belong to tools, to organisations, or to us.
package enum DenyList {
    /// Always in force; configuration can only add.
    package static let builtIn = [
        // Instances of stack sets belong to the set: deleting one breaks the next set operation.
        "StackSet-*",
        // CDK's bootstrap: every CDK stack of the account deploys through it.
        "CDKToolkit",
        // SAM's artifact bucket and pipeline resources, shared by all SAM stacks.
        "aws-sam-cli-managed-*",
        "AWSControlTower*",
        // Service Catalog's provisioned products, and Amplify's branches and sandboxes: their service owns them.
        "SC-*",
        "amplify-*",
        // Copilot's roles and key of a whole application. Its pipelines are found by their tags, below.
        "*-infrastructure-roles",
        "*-infrastructure",
        // Curfew's own stacks.
        "curfew",
        "curfew-*",
    ]

    private static let globs = builtIn.map(NameGlob.init)

    /// The rule that leaves the stack out, as it is written; nil when none does.
    ///
    /// `additional` are the globs of the configuration.
    package static func rule(excluding stackName: String, tags: [String: String], additional: [NameGlob]) -> String? {
        let forms = Set([stackName.lowercased(), normalised(stackName)]).map(Array.init)
        if let glob = (globs + additional).first(where: { glob in forms.contains(where: glob.matches(lowerCase:)) }) {
            return glob.text
        }
        // Copilot marks everything of an application with its name, and what belongs to one environment with that
        // as well. What has only the first is a base of all its environments: roles, stack set, pipelines.
        let keys = Set(tags.keys.map { $0.lowercased() })
        if keys.contains("copilot-pipeline") { return "Copilot pipeline" }
        if keys.contains("copilot-application"), keys.isDisjoint(with: ["copilot-environment", "copilot-task"]) {
            return "Copilot base stack"
        }
        return nil
    }
}
