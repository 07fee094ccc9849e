/// What a template needs to become a stack again.
package struct TemplateNeeds: Sendable, Hashable {
    /// Parameters whose values the provider never shows again.
    package var secrets: Set<String>
    /// Names of exports that it imports, as far as the template spells them out.
    package var imports: Set<[Part]>
    /// Logical ids of resources that get the very name that stands in the template.
    package var fixedNames: Set<String>
    /// A macro such as SAM's makes another template of it.
    package var isTransformed: Bool

    /// A piece of a name.
    package enum Part: Sendable, Hashable {
        case literal(String)
        /// A parameter, or one of CloudFormation's own such as `AWS::StackName`.
        case reference(String)
        case unknown
    }

    package init(
        secrets: Set<String> = [],
        imports: Set<[Part]> = [],
        fixedNames: Set<String> = [],
        isTransformed: Bool = false
    ) {
        self.secrets = secrets
        self.imports = imports
        self.fixedNames = fixedNames
        self.isTransformed = isTransformed
    }

    /// The imported names of a stack with these values; those that cannot be told are left out.
    package func imports(values: [String: String]) -> Set<String> {
        Set(
            imports.compactMap { parts in
                var name = ""
                for part in parts {
                    switch part {
                    case .literal(let text): name += text
                    case .reference(let parameter):
                        guard let value = values[parameter] else { return nil }
                        name += value
                    case .unknown: return nil
                    }
                }
                return name.isEmpty ? nil : name
            }
        )
    }

    /// What the provider itself knows of a stack, under the names that templates use.
    package static func pseudoParameters(stack name: String, in target: Target) -> [String: String] {
        [
            "AWS::StackName": name, "AWS::Region": target.region.text, "AWS::AccountId": target.account.text,
            "AWS::Partition": target.region.text.hasPrefix("cn-")
                ? "aws-cn" : target.region.text.hasPrefix("us-gov-") ? "aws-us-gov" : "aws",
        ]
    }
}
