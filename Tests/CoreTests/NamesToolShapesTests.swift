import Core
import Testing

/// Names and tags as the deployment tools write them.
@Suite struct NamesToolShapesTests {
    static let listed = NameRules(services: ["api", "web", "shop-ApiStack", "feature-flags", "user-api"])

    @Test(arguments: [
        ("shop-feat-x-api", "feat-x"), ("feat-x-api", "feat-x"), ("feat-x-user-api", "feat-x"),
        ("feat-api", "feat-api"),
        ("pr-12-api", "pr-12"), ("shop-pr-12-web", "pr-12"), ("pr-12-api-web", "unmatched"),
        ("feat-x-shop-apistack", "feat-x"),
        ("feat-x-other", "feat-x-other"), ("feat-new-apis", "feat-new-apis"), ("feature-flags", "unmatched"),
        ("feature-flags-v2", "unmatched"), ("feature-flags-feat-x", "feat-x"), ("feature-flags-pr-3-web", "pr-3"),
        ("feature-flags-dev", "permanent:dev"), ("feature-flagship", "feat-flagship"), ("web-api-feat-x", "feat-x"),
    ])
    func `a service after a feature counts only where it is listed`(stack: String, expected: String) {
        #expect(NamesTests.short(NamesTests.verdict(stack, [:], Self.listed)) == expected)
    }

    @Test func `Serverless names stacks by service and stage and tags the stage`() {
        #expect(NamesTests.short(NamesTests.verdict("orders-feat-x", ["STAGE": "feat-x"])) == "feat-x")
        #expect(NamesTests.short(NamesTests.verdict("orders-dev", ["STAGE": "dev"])) == "permanent:dev")
        #expect(NamesTests.short(NamesTests.verdict("orders-prod", ["STAGE": "prod"])) == "permanent:prod")
        #expect(NamesTests.short(NamesTests.verdict("orders-anna", ["STAGE": "anna"])) == "unmatched")
        // The service carries the feature, the stage is Serverless' default.
        #expect(NamesTests.short(NamesTests.verdict("orders-feat-x-dev", ["STAGE": "dev"])) == "feat-x-dev")
        #expect(NamesTests.short(NamesTests.verdict("custom-name", ["STAGE": "pr-7"])) == "pr-7")
    }

    @Test func `Serverless' stage tag is its own in any case, and a stack's name may be anything`() {
        // A `stackTags` key that is STAGE in other letters takes STAGE's place; `stackName` may be a string without stage.
        for key in ["STAGE", "stage", "Stage"] {
            #expect(NamesTests.short(NamesTests.verdict("orders", [key: "feat-x"])) == "feat-x")
            #expect(NamesTests.short(NamesTests.verdict("orders", [key: "production"])) == "permanent:production")
            #expect(NamesTests.short(NamesTests.verdict("orders-feat-x", [key: "dev"])) == "feat-x")
        }
        #expect(NamesTests.short(NamesTests.verdict("orders-feat-x", ["STAGE": "feat-y"])) == "ambiguous:feat-x,feat-y")
        #expect(NamesTests.short(NamesTests.verdict("orders", ["STAGE": "anna"])) == "unmatched")
    }

    @Test func `SST's own tags say where the stage ends in a stack's name`() {
        let tags = ["sst:app": "shop", "sst:stage": "feat-x"]
        #expect(NamesTests.short(NamesTests.verdict("feat-x-shop-ApiStack", tags)) == "feat-x")
        #expect(NamesTests.short(NamesTests.verdict("feat-x-Queue", tags)) == "feat-x")
        #expect(NamesTests.short(NamesTests.verdict("shop-feat-x", tags)) == "feat-x")
        #expect(NamesTests.short(NamesTests.verdict("shop-Queue", tags)) == "feat-x")
        #expect(NamesTests.short(NamesTests.verdict("prod-shop-Api", ["sst:stage": "prod"])) == "permanent:prod")
        // A permanent word in what the tag explains counts as anywhere else.
        #expect(NamesTests.short(NamesTests.verdict("feat-x-shop-Prod", tags)) == "permanent:prod")
        #expect(NamesTests.short(NamesTests.verdict("feat-x-shared-Table", tags)) == "permanent:shared")
        // Another stage than the name's is a disagreement, and without SST's tag nothing is explained.
        let other = ["sst:app": "shop", "sst:stage": "feat-y"]
        #expect(
            NamesTests.short(NamesTests.verdict("feat-x-shop-Api", other)) == "ambiguous:feat-x-shop-api,feat-y"
        )
        let plain = evaluate(stackName: "feat-x-shop-Queue", tags: ["stage": "feat-x"], rules: Self.listed)
        #expect(NamesTests.short(plain.verdict) == "ambiguous:feat-x,feat-x-shop-queue")
        #expect(plain.remedy == "If “shop-queue” is a service, list it in names.services.")
        // A person's own stage is the name of their login.
        #expect(NamesTests.short(NamesTests.verdict("anna-shop-Api", ["sst:stage": "anna"])) == "unmatched")
    }

    @Test func `Copilot's own tags say which service stands last`() {
        let tags = ["copilot-application": "shop", "copilot-environment": "feat-x", "copilot-service": "api"]
        #expect(NamesTests.short(NamesTests.verdict("shop-feat-x-api", tags)) == "feat-x")
        #expect(NamesTests.short(NamesTests.verdict("shop-feat-x-api", tags, Self.listed)) == "feat-x")
        #expect(
            NamesTests.short(NamesTests.verdict("shop-feat-x", tags.filter { $0.key != "copilot-service" })) == "feat-x"
        )
        let test = ["copilot-application": "shop", "copilot-environment": "test"]
        #expect(NamesTests.short(NamesTests.verdict("shop-feat-x", test)) == "permanent:test")
        // The three tags have to make the whole name up.
        #expect(NamesTests.short(NamesTests.verdict("x-feat-x-api", tags)) == "ambiguous:feat-x,feat-x-api")
        let other = tags.merging(["copilot-service": "web"]) { $1 }
        #expect(NamesTests.short(NamesTests.verdict("shop-feat-x-api", other)) == "ambiguous:feat-x,feat-x-api")
        let prod = ["copilot-application": "shop", "copilot-environment": "feat-x", "copilot-service": "prod-api"]
        #expect(NamesTests.short(NamesTests.verdict("shop-feat-x-prod-api", prod)) == "permanent:prod")
    }

    /// architect/deploy, src/sam/index.js: `toLogicalID(app)`, `Staging` or `Production`, `toLogicalID(--name)`.
    @Test(arguments: [
        ("MyAppStagingFeatX", "feat-x"), ("MyAppStagingFeatureNewCart", "feat-new-cart"), ("MyAppStagingPr12", "pr-12"),
        ("MyAppStagingPreviewPr12", "preview-pr-12"), ("MyAppStagingFixLogin", "fix-login"),
        ("MyAppStaging", "permanent:staging"), ("MyAppProduction", "permanent:production"),
        ("MyAppProductionFeatX", "permanent:production"), ("MyAppStagingProd", "permanent:prod"),
        ("MyAppStagingFeatXProd", "permanent:prod"), ("MyAppStagingQa", "permanent:qa"),
        ("MyAppStagingAnna", "unmatched"), ("MyAppStagingPr12Cart", "unmatched"), ("MyAppStagingXFeatY", "unmatched"),
        ("MyAppStagingareaFeatX", "unmatched"), ("OtherStagingFeatX", "unmatched"), ("myappStagingFeatX", "unmatched"),
        ("Get-feat-x", "feat-x"),
    ])
    func `Architect's names have no separators, and are read only for listed apps`(stack: String, expected: String) {
        let rules = NameRules(architect: ["my-app", "my"])
        #expect(NamesTests.short(NamesTests.verdict(stack, [:], rules)) == expected)
        // Without it nothing of them is a feature.
        let plain = NamesTests.short(NamesTests.verdict(stack))
        #expect(plain == (stack == "Get-feat-x" ? "feat-x" : "unmatched"))
    }

    @Test func `D1 tags of an Architect stack count as any other's, and what could be one is told how to be read`() {
        let rules = NameRules(architect: ["my-app"])
        #expect(NamesTests.short(NamesTests.verdict("MyAppStagingFeatX", ["env": "prod"], rules)) == "permanent:prod")
        #expect(NamesTests.short(NamesTests.verdict("MyAppStagingFeatX", ["env": "dev"], rules)) == "feat-x")
        #expect(
            NamesTests.short(NamesTests.verdict("MyAppStagingFeatX", ["branch": "feat-y"], rules))
                == "ambiguous:feat-x,feat-y"
        )
        let unread = evaluate(stackName: "MyAppStagingFeatX", tags: [:], rules: NameRules())
        #expect(unread.remedy == "If Architect deployed it, list its app in names.architect.")
        #expect(NameRules(architect: ["--"]).problems().count == 1)
    }

    @Test func `Chalice's stacks have a free name, and its mark on functions is no evidence`() {
        let mark = ["aws-chalice": "version=1.31.0:stage=prod:app=orders"]
        #expect(NamesTests.short(NamesTests.verdict("orders-feat-x", mark)) == "feat-x")
        #expect(NamesTests.short(NamesTests.verdict("orders", mark)) == "unmatched")
    }

    @Test func `D1 Amplify's stacks are left out, whatever their branch is called`() {
        let tags = [
            "created-by": "amplify", "amplify:app-id": "d1a2b3", "amplify:branch-name": "feat-x",
            "amplify:deployment-type": "branch",
        ]
        for stack in [
            "amplify-d1a2b3-featx-branch-0123456789", "amplify-shop-anna-sandbox-0123456789",
            "amplify-teamidcapp-featx-6d631", "amplify-shop-dev-12345-authshop-1ABC",
        ] {
            #expect(NamesTests.verdict(stack, tags) == .excluded(rule: "amplify-*"))
        }
    }

    @Test func `CDK puts the stage first, and its stage is evidence where the template was read`() {
        let evaluator = NameEvaluator(Self.listed)
        func verdict(_ stack: String, _ stage: String?) -> String {
            NamesTests.short(evaluator.evaluate(stackName: stack, tags: [:], cdkStage: stage).verdict)
        }
        #expect(verdict("feat-x-Api", "feat-x") == "feat-x")
        #expect(verdict("Prod-Api", nil) == "permanent:prod")
        #expect(verdict("ApiStack", "Prod") == "permanent:prod")
        #expect(verdict("feat-x-Api", "Dev") == "permanent:dev")
        #expect(verdict("feat-x-Api", "feat-y") == "ambiguous:feat-x,feat-y")
        #expect(verdict("ApiStack", "PR-7") == "pr-7")
    }

    @Test func `a SAM companion stack belongs to its parent`() {
        #expect(NamesTests.short(NamesTests.verdict("shop-feat-x-1a2b3c4d-CompanionStack")) == "feat-x")
        #expect(
            NamesTests.short(NamesTests.verdict("shop-feat-x-api-1a2b3c4d-CompanionStack", [:], Self.listed))
                == "feat-x"
        )
        #expect(NamesTests.short(NamesTests.verdict("shop-prod-1a2b3c4d-CompanionStack")) == "permanent:prod")
        let cut = "shop-feat-" + String(repeating: "a", count: 94) + "-1a2b3c4d-CompanionStack"
        #expect(NamesTests.short(NamesTests.verdict(cut)) == "unmatched")
        #expect(NamesTests.short(NamesTests.verdict("feat-x-y-CompanionStack")) == "feat-x-y-companionstack")
        // As SAM names them, whatever the parent is called.
        for parent in ["shop-feat-x", "feat-x-api", "shop-pr-12", "shop-prod-feat-x", "sam-app", "shop"] {
            let companion = NamesTests.verdict(CompanionStacks.name(ofParent: parent), [:], Self.listed)
            #expect(NamesTests.short(companion) == NamesTests.short(NamesTests.verdict(parent, [:], Self.listed)))
        }
    }

    @Test(arguments: [
        ("StackSet-feat-x-1b2c", "StackSet-*"), ("stackset-FEAT-x", "StackSet-*"), ("CDKToolkit", "CDKToolkit"),
        ("aws-sam-cli-managed-default", "aws-sam-cli-managed-*"), ("AWSControlTowerBP-BASELINE", "AWSControlTower*"),
        ("SC-123456789012-pp-feat-x", "SC-*"), ("amplify-shop-feat-x-branch-0123456789", "amplify-*"),
        ("amplify-teamidcapp-main-6d631", "amplify-*"), ("shop-infrastructure-roles", "*-infrastructure-roles"),
        ("curfew", "curfew"), ("curfew-feat-x", "curfew-*"), ("Curfew-Target-Role", "curfew-*"),
    ])
    func `D1 the deny-list leaves a stack out whatever its tags say`(stack: String, rule: String) {
        for tags in [[:], ["feature": "x"], ["env": "prod"], ["feature": "x", "branch": "feat-y"]] {
            #expect(NamesTests.verdict(stack, tags) == .excluded(rule: rule))
        }
    }

    @Test func `D1 Copilot's application-wide stacks are left out by their tags`() {
        let roles = ["copilot-application": "shop"]
        #expect(NamesTests.verdict("pipeline-shop-feat-x", roles) == .excluded(rule: "Copilot base stack"))
        #expect(NamesTests.verdict("x-feat-x", ["Copilot-Pipeline": "p"]) == .excluded(rule: "Copilot pipeline"))
        #expect(NamesTests.short(NamesTests.verdict("task-feat-x", ["copilot-task": "x"])) == "feat-x")
    }

    @Test func `configuration adds to every list and takes from none`() {
        let rules = NameRules(
            permanentWords: ["sandbox", "Customer A", "demo"],
            services: ["core"],
            beginnings: ["spike-…", "ticket-N", "test-"],
            excluded: ["legacy-*"],
            tagKeys: ["git:branch"]
        )
        func verdict(_ stack: String, _ tags: [String: String] = [:]) -> String {
            NamesTests.short(NamesTests.verdict(stack, tags, rules))
        }
        #expect(verdict("shop-spike-x") == "spike-x")
        #expect(verdict("shop-ticket-12") == "ticket-12")
        #expect(verdict("shop-ticket-x") == "unmatched")
        #expect(verdict("shop-feat-x", ["env": "sandbox"]) == "permanent:sandbox")
        #expect(verdict("customer-a-feat-x") == "permanent:customer-a")
        #expect(verdict("feat-x-customer-a") == "permanent:customer-a")
        #expect(verdict("customer-b-feat-x") == "feat-x")
        #expect(verdict("Legacy-feat-x") == "excluded:legacy-*")
        #expect(verdict("shop", ["Git:Branch": "feature/y"]) == "feat-y")
        // Neither a service nor a beginning lifts a permanent word; an added development word loses its exceptions.
        #expect(verdict("feat-x-core") == "permanent:core")
        #expect(verdict("test-x") == "permanent:test")
        #expect(verdict("shop-feat-x", ["env": "demo"]) == "permanent:demo")
        #expect(verdict("feat-demo-page") == "permanent:demo")
        #expect(rules.problems().count == 2)
        #expect(NameRules().problems().isEmpty)
    }

    @Test func `D1 only the configured shapes of a stack name are read`() {
        let front = NameRules(services: ["api"], patterns: [.featureService])
        #expect(NamesTests.short(NamesTests.verdict("feat-x-api", [:], front)) == "feat-x")
        #expect(NamesTests.short(NamesTests.verdict("shop-feat-x", [:], front)) == "unmatched")
        #expect(NamesTests.short(NamesTests.verdict("shop-feat-x-api", [:], front)) == "unmatched")
        #expect(NamesTests.short(NamesTests.verdict("prod-hotfix-12", [:], front)) == "permanent:prod")
        // No feature pattern matches, so a development word is evidence.
        #expect(NamesTests.short(NamesTests.verdict("shop-feat-x", ["env": "dev"], front)) == "permanent:dev")
        let back = NameRules(services: ["api"], patterns: [.serviceFeature])
        #expect(NamesTests.short(NamesTests.verdict("shop-feat-x-api", [:], back)) == "feat-x-api")
    }

    @Test(arguments: [
        ("*", "", true), ("a*", "A", true), ("a*c", "abc", true), ("a*c", "abd", false), ("?", "", false),
        ("a?c", "abc", true),
        ("", "", true), ("", "a", false), ("*b*", "aba", true), ("a.c", "abc", false),
        ("*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaa", false),
    ])
    func `a glob matches the whole name`(glob: String, name: String, matches: Bool) {
        #expect(NameGlob(glob).matches(name) == matches)
    }
}
