import TestSupport
import Testing

/// One way in which a deletion ends, as it is known of AWS, and what a person is told of it.
struct DeletionCase: Sendable {
    /// What is known.
    let row: String
    /// The environment is `feat-WORD`, its only stack `app-feat-WORD`.
    let word: String
    var part: ScriptedAWS.Part
    /// All of it stands in the reason that is given.
    var says: [String] = []
    var template = Templates.topic
    var isProtected = false

    var stack: String { "app-feat-\(word)" }
    var environment: String { "feat-\(word)" }

    init(_ row: String, _ word: String, _ part: ScriptedAWS.Part, says: String...) {
        (self.row, self.word, self.part, self.says) = (row, word, part, says)
    }

    init(_ row: String, _ word: String, _ endings: ScriptedAWS.Ending..., says: String...) {
        (self.row, self.word, self.part, self.says) = (row, word, ScriptedAWS.Part(), says)
        if !endings.isEmpty { part.endings = endings }
    }

    /// It failed on one resource, which it had all along; `template`: makes a real one of that name.
    init(
        stuck row: String,
        _ word: String,
        _ type: String,
        _ physicalID: String,
        _ reason: String,
        template: String? = nil,
        says: String...
    ) {
        let resource = ScriptedAWS.Resource(logicalID: "Stuck", physicalID: physicalID, type: type, reason: reason)
        (self.row, self.word, self.says) = (row, word, says + ["Stuck = \(physicalID) (\(type))", reason])
        part = ScriptedAWS.Part(endings: [.fails([resource])], resources: template == nil ? [resource] : [])
        self.template = template ?? Templates.topic
    }
}

extension Templates {
    /// With a bucket, which is empty as long as nobody fills it.
    static func bucket(_ name: String) -> String {
        """
        {"Resources": {"T": {"Type": "AWS::SNS::Topic"},
         "Stuck": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "\(name)"}}}}
        """
    }

    static func repository(_ name: String) -> String {
        """
        {"Resources": {"Stuck": {"Type": "AWS::ECR::Repository", "Properties": {"RepositoryName": "\(name)"}}}}
        """
    }
}

/// Several rows that come to the same.
struct DeletionFamily: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let cases: [DeletionCase]

    init(_ name: String, _ cases: [DeletionCase]) { (testDescription, self.cases) = (name, cases) }
}
