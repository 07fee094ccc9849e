/// What a template declares, without its body.
package struct TemplateSummary: Sendable, Equatable {
    package struct Parameter: Sendable, Equatable {
        package let key: String
        package let type: String?
        package let defaultValue: String?
        /// Its value is never shown again: AWS masks it in every answer.
        package let isNoEcho: Bool
    }

    package let parameters: [Parameter]
    /// Such as `AWS::Serverless-2016-10-31`.
    package let declaredTransforms: [String]
    /// What CreateStack will want to be told, such as `CAPABILITY_IAM`.
    package let capabilities: [String]
    package let resourceTypes: [String]
}

extension CloudFormation {
    /// Of the template of a stack (for 90 days also of a deleted one, by id).
    package func templateSummary(of stackID: String) async throws(AWSError) -> TemplateSummary {
        try await query("GetTemplateSummary", [("StackName", stackID)]) { (result) throws(AWSError) in
            try TemplateSummary(result)
        }
    }

    /// Of a template that no stack has.
    package func templateSummary(body: String) async throws(AWSError) -> TemplateSummary {
        try await query("GetTemplateSummary", [("TemplateBody", body)]) { (result) throws(AWSError) in
            try TemplateSummary(result)
        }
    }

    /// The stack policy's document; nil: it has none.
    package func stackPolicy(of stackID: String) async throws(AWSError) -> String? {
        try await query("GetStackPolicy", [("StackName", stackID)]) { $0.optional("StackPolicyBody") }
    }

    /// Limits of the account in this region by name, such as `StackLimit`.
    package func accountLimits() async throws(AWSError) -> [String: Int] {
        let limits = try await pages("DescribeAccountLimits", [], list: "AccountLimits") { (item) throws(AWSError) in
            guard let value = Int(try item.required("Value")) else { throw notUnderstood("a limit is no number") }
            return (name: try item.required("Name"), value: value)
        }
        return Dictionary(limits.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    }
}

extension TemplateSummary {
    fileprivate init(_ xml: XMLTree) throws(AWSError) {
        parameters = try mapped(xml.members("Parameters")) { (item) throws(AWSError) in
            Parameter(
                key: try item.required("ParameterKey"),
                type: item.optional("ParameterType"),
                defaultValue: item.text("DefaultValue"),
                isNoEcho: try item.flag("NoEcho") ?? false
            )
        }
        declaredTransforms = xml.members("DeclaredTransforms").map(\.text)
        capabilities = xml.members("Capabilities").map(\.text)
        resourceTypes = xml.members("ResourceTypes").map(\.text)
    }
}
