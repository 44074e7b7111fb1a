"""Packaging: the direct dependencies, each pinned; conf/constraints.txt pins what they bring."""

from glob import glob

from setuptools import find_packages, setup

RUN_TIME = [
    "altair==6.3.0",
    "delta-spark==4.4.0",
    "duckdb==2.0.0",
    "great-expectations==1.24.1",
    "jinja2==3.1.6",
    "numpy==2.4.6",
    "pandas==2.3.3",
    "pyarrow==26.0.1",
    "pyspark==4.1.3",
    "python-stdnum==2.2",
    "rich==15.0.0",
    "scipy==1.17.1",
    "splink==5.0.0",
    "typer==0.29.2",
    "vl-convert-python==1.9.0.post1",
]

DEVELOPMENT = [
    "acro==1.0.2",
    "chispa==0.12.0",
    "deltalake==1.6.6",
    "googleapis-common-protos==1.76.0",
    "grpcio==1.85.1",
    "grpcio-status==1.85.1",
    "hypothesis==6.170.15",
    "import-linter==2.16",
    "mypy==2.4.1",
    "pytest==9.2.0",
    "recordlinkage==0.16",
    "ruff==0.17.6",
    "selenium==4.51.0",
    "wheel==0.48.0",
    "zstandard==0.25.0",
]

setup(
    name="attainment-linkage",
    version="0.1.0",
    description="Links attainment records to the Census on Spark: distributed, gated, repeatable",
    license="MIT",
    python_requires=">=3.11",
    package_dir={"": "lib"},
    packages=find_packages("lib"),
    package_data={
        "attainment_linkage": ["py.typed"],
        "attainment_linkage.adapters": ["pages/*.html"],
    },
    data_files=[
        (f"share/attainment-linkage/{folder}", sorted(glob(f"{folder}/*.*")))
        for folder in ("conf", "expectations")
    ],
    install_requires=RUN_TIME,
    extras_require={"dev": DEVELOPMENT},
    entry_points={"console_scripts": ["attainment-linkage = attainment_linkage.cli:main"]},
)
