from .data.dataset import Data as Data
from .data.dataset import Split as Split
from .data.load import load_data as load_data
from .evaluation.metrics import Evaluation as Evaluation
from .evaluation.metrics import evaluate as evaluate
from .evaluation.predict import Predictions as Predictions
from .evaluation.predict import predict as predict
from .models.build import build_classifier as build_classifier
from .models.card import class_names as class_names
from .models.card import load_classifier as load_classifier
from .serving.saved_model import export_saved_model as export_saved_model
from .serving.verify import ExportError as ExportError
from .serving.verify import Verification as Verification
from .serving.verify import verify_export as verify_export
from .structure.chain import Chain as Chain
from .structure.chain import Stage as Stage
from .structure.chain import chain as chain
from .structure.freezing import freeze as freeze
from .structure.plan import Plan as Plan
from .structure.plan import Selection as Selection
from .training.fine_tune import Result as Result
from .training.fine_tune import fine_tune as fine_tune
from .training.phases import Phase as Phase
from .training.recipes import Recipe as Recipe
from .training.recipes import recipe as recipe

__version__: str
